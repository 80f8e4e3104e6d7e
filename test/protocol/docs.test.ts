import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/base/refusal.js';
import { COMMANDS, LEASES } from '../../src/domain/registry.js';
import { ROLES } from '../../src/domain/roles.js';
import { CLOSE } from '../../src/protocol/close-codes.js';
import { HUB_MESSAGES } from '../../src/protocol/hub-schemas.js';
import type { HubMessage } from '../../src/protocol/messages.js';
import { QUERY_NAMES } from '../../src/protocol/messages.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { QUERY_PARAMS } from '../../src/protocol/queries.js';
import { ENVELOPES } from '../../src/protocol/schemas.js';
import { textBytes } from './support.js';

const PAGE = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

const HUB_TYPES = ['welcome', 'snapshot', 'snapshot:delta', 'delta', 'ack', 'error', 'result'];
const HUB_ONLY = [...HUB_TYPES, 'notice', 'pong'];

/** The text under a heading of either level; undefined: there is none. */
function section(title: string): string | undefined {
  const [, ...sections] = PAGE.split(/^###? /m);
  return sections.find((text) => text.startsWith(`${title}\n`))?.replaceAll('\n', ' ');
}

const ROWS = /^\/(tables|changes|current)\//;

const EXAMPLES = Array.from(PAGE.matchAll(/```json\n([^`]*)```/g), ([, text = '']) => text);

describe('docs/protocol.md', () => {
  const messages = [...Object.keys(ENVELOPES), ...HUB_ONLY].filter((type) => type !== 'heartbeat');

  test.each([...messages, 'heartbeat of the client', 'heartbeat of the hub'])(
    'P-DOC-1 has a section for the message %s',
    (type) => {
      expect(section(type)).toBeDefined();
    },
  );

  test.each(Object.values({ ...COMMANDS, ...LEASES }).map(({ name, roles }) => ({ name, roles })))(
    'P-DOC-1 has a section for the command $name, with its roles',
    ({ name, roles }) => {
      const sentence = /_Roles_: ([^.]*)\./.exec(section(name) ?? '')?.[1] ?? '';
      const named = ROLES.filter((role) => new RegExp(`\\b${role}\\b`).test(sentence));
      const always = ['manager', 'admin'];
      expect(sentence).not.toBe('');
      expect(named.filter((role) => !always.includes(role)).sort()).toEqual([...roles].sort());
    },
  );

  test('P-DOC-1 names the versions that a command expects', () => {
    for (const definition of Object.values(COMMANDS)) {
      const text = section(definition.name) ?? '';
      const expects = /_Expects_: `/.test(text);
      expect([definition.name, expects]).toEqual([definition.name, 'expects' in definition]);
    }
  });

  test.each(QUERY_NAMES)('P-DOC-1 has a section for the query %s, with its parameters', (name) => {
    const text = section(name) ?? '';
    for (const param of Object.keys(QUERY_PARAMS[name].properties)) expect(text).toContain(param);
  });

  test.each(Object.entries(REFUSALS))(
    'P-DOC-1 has a section for the error %s, with its status',
    (code, { status, retryable }) => {
      const text = section(code)?.slice(code.length).trim() ?? '';
      expect(text.startsWith(`${String(status)}${retryable ? ', retryable.' : '.'}`)).toBe(true);
    },
  );

  test.each(Object.values(CLOSE))('P-DOC-1 has a section for the close code %d', (code) => {
    expect(section(String(code))).toBeDefined();
  });

  test.each(EXAMPLES)('P-DOC-2 example %#', (text) => {
    const example = JSON.parse(text) as { type: string; serverTime?: number };
    if (HUB_ONLY.includes(example.type) || example.serverTime !== undefined) return;
    expect(parseClientMessage(textBytes(text), 'json')).toMatchObject({ kind: 'message' });
  });

  test.each(EXAMPLES)('P-DOC-3 example %# of the hub fits its schema', (text) => {
    const example = JSON.parse(text) as { type: HubMessage['type']; serverTime?: number };
    const isOfHub = HUB_ONLY.includes(example.type) || example.serverTime !== undefined;
    if (!isOfHub) return;
    const faults = Value.Errors(HUB_MESSAGES[example.type], example);
    // Examples may leave out columns of rows, for brevity; nothing else.
    const ofEnvelope = [...faults].filter(({ instancePath }) => !ROWS.test(instancePath));
    expect(ofEnvelope).toEqual([]);
  });

  test('P-DOC-3 each message of the hub and each error has an example', () => {
    const examples = EXAMPLES.map(
      (text) => JSON.parse(text) as { type: string; code?: keyof typeof REFUSALS },
    );
    const types = new Set(examples.map(({ type }) => type));
    expect(Object.keys(HUB_MESSAGES).filter((type) => !types.has(type))).toEqual([]);
    const errors = examples.filter(({ type }) => type === 'error');
    const codes = new Set(errors.map(({ code }) => code));
    expect(Object.keys(REFUSALS).filter((code) => !codes.has(code as never))).toEqual([]);
    for (const { code, ...error } of errors) {
      if (code !== undefined) expect(error).toMatchObject(REFUSALS[code]);
    }
  });

  test.each(Object.values(CLOSE))(
    'P-DOC-3 the section of close code %d shows its frame',
    (code) => {
      expect(section(String(code))).toMatch(new RegExp(`close ${String(code)} "[^"]*"`));
    },
  );

  test('P-DOC-2 each command and query has an example', () => {
    const named = new Set(EXAMPLES.map((text) => (JSON.parse(text) as { name?: string }).name));
    const all = [...Object.keys(COMMANDS), ...Object.keys(LEASES), ...QUERY_NAMES];
    expect(all.filter((name) => !named.has(name))).toEqual([]);
  });
});
