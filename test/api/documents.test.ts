import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, it } from 'vitest';
import { documents } from '../../src/api/document/documents.js';
import { ROUTES } from '../../src/api/routes/index.js';
import { REFUSALS } from '../../src/base/refusal.js';
import { HUB_MESSAGES } from '../../src/protocol/hub-schemas.js';
import { VERSION } from '../../src/server/version.js';
import { Evening } from '../hub/evening.js';
import { Served } from './served.js';

const written = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));

interface Operation {
  readonly summary: string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

describe('the documents', () => {
  let api: Served | undefined;
  afterEach(() => api?.stop());

  it('A-DOC-1 docs/openapi.json is the document of these routes, and valid OpenAPI 3.1', async () => {
    const document = documents(VERSION)['openapi.json'];
    expect(written('openapi.json')).toEqual(document);
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as Record<string, unknown>,
    );
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('A-DOC-2 every route is documented with its answers and whatever it may refuse', () => {
    const { paths } = documents(VERSION)['openapi.json'] as unknown as { readonly paths: Paths };
    for (const { method, path, answers, refusals = [], access } of ROUTES) {
      const operation = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      const statuses = Object.keys(operation?.responses ?? {}).map(Number);
      expect(operation?.summary).not.toBe('');
      const refused = refusals.map((code) => REFUSALS[code].status);
      const unknown = access === 'public' ? [] : [401, 403];
      const expected = [...Object.keys(answers).map(Number), ...refused, ...unknown, 400, 500];
      expect(statuses, `${method} ${path}`).toEqual(expect.arrayContaining(expected));
    }
  });

  it('A-DOC-3 the examples in the document are requests that fit', () => {
    const examples = ROUTES.filter(({ example }) => example !== undefined);
    expect(examples.length).toBeGreaterThan(2);
    for (const { body, documentedBody, example } of examples) {
      for (const schema of [body, documentedBody ?? body]) {
        if (schema !== undefined) expect(Compile(schema).Errors(example)).toEqual([]);
      }
    }
  });

  it('A-DOC-4 docs/asyncapi.json is the document of these messages, and valid AsyncAPI 3.0', () => {
    const document = documents(VERSION)['asyncapi.json'];
    expect(written('asyncapi.json')).toEqual(document);
    const require = createRequire(import.meta.url);
    const schema = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('A-DOC-5 what a hub sends in an evening fits the schemas of its messages', async () => {
    const evening = await Evening.begin();
    const boss = await evening.hub.client({ role: 'manager' });
    for (const view of ['orders', 'kitchen', 'board', 'shift', 'menu', 'devices'] as const) {
      await boss.subscribe(view);
    }
    await evening.sent('o1', ['burger', 'lager']);
    await evening.bump('o1', ['o1-1'], 'preparing');
    await evening.pay('o1', 500);
    await boss.query('order.get', { order_id: 'o1' });
    await boss.command('order.void', { order_id: 'o1', reason: 'test' });
    await evening.pass(12);
    await evening.closeShift(true);
    await evening.end();
    const kinds = new Set<string>();
    for (const message of [...boss.received, ...evening.till.received]) {
      kinds.add(message.type);
      const errors = Compile(HUB_MESSAGES[message.type]).Errors(message);
      expect(errors, JSON.stringify(message)).toEqual([]);
    }
    const expected = [
      'ack',
      'delta',
      'error',
      'heartbeat',
      'notice',
      'result',
      'snapshot',
      'welcome',
    ];
    expect([...kinds].sort()).toEqual(expect.arrayContaining(expected));
  });

  it('A-DOC-5 so do the golden vectors of every type', () => {
    const path = new URL('../protocol/vectors/hub.json', import.meta.url);
    const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly vectors: { readonly message: { readonly type: keyof typeof HUB_MESSAGES } }[];
    };
    for (const { message } of vectors) {
      expect(Compile(HUB_MESSAGES[message.type]).Errors(message)).toEqual([]);
    }
    expect(new Set(vectors.map(({ message }) => message.type)).size).toBe(
      Object.keys(HUB_MESSAGES).length,
    );
  });

  it('A-DOC-6 the hub serves its documents itself, under a policy that lets nothing else in', async () => {
    api = await Served.start();
    const page = await api.ask('GET', '//docs', { token: null });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(page.body['text']).not.toMatch(/<script>|https?:/);
    const json = await api.ask('GET', '//docs/json', { token: null });
    expect(json.body).toEqual(documents(VERSION)['openapi.json']);
    const protocol = await api.ask('GET', '//docs/asyncapi.json', { token: null });
    expect(protocol.body).toMatchObject({ asyncapi: '3.0.0' });
    const codes = await api.ask('GET', '//docs/errors', { token: null });
    for (const code of Object.keys(REFUSALS)) expect(codes.body['text']).toContain(`id="${code}"`);
  });
});
