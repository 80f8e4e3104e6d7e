import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { REFUSALS, type RefusalCode } from '../../src/base/refusal.js';
import { PROBLEM_TITLES } from '../../src/api/problem.js';
import { Served } from './served.js';

let api: Served;
afterEach(() => api.stop());

const COMMANDS = '/branches/main/commands';
const KEY = { 'idempotency-key': 'k' };

describe('the door of the API', () => {
  it('A-HTTP-1 who asks must be known: no token, a wrong one and an expired one are 401', async () => {
    api = await Served.start();
    const none = await api.ask('GET', '/branches/main', { token: null });
    expect([none.status, none.body['code']]).toEqual([401, 'unauthenticated']);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="expeditor"');
    const wrong = await api.ask('GET', '/branches/main', { token: 'eyJ.x.y' });
    expect([wrong.status, wrong.body['code']]).toEqual([401, 'unauthenticated']);
    const basic = { authorization: 'Basic YW15OjEyMzQ=' };
    expect((await api.ask('GET', '/branches/main', { token: null, headers: basic })).status).toBe(
      401,
    );
    const old = await api.token({ role: 'admin', secondsToLive: -10 });
    const expired = await api.ask('GET', '/branches/main', { token: old });
    expect([expired.status, expired.body['code']]).toEqual([401, 'token_expired']);
    const inUrl = await api.ask(
      'GET',
      `/branches/main?access_token=${await api.token({ role: 'admin' })}`,
      {
        token: null,
      },
    );
    expect(inUrl.status).toBe(401);
  });

  it('A-HTTP-2 every refusal is a problem document with the code of the table', async () => {
    api = await Served.start();
    const answer = await api.ask('GET', '/branches/other');
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual({
      type: '/docs/errors#forbidden',
      title: 'Not allowed',
      status: 403,
      detail: 'this branch is not yours',
      code: 'forbidden',
      retryable: false,
      correlationId: answer.headers.get('x-correlation-id'),
    });
    expect(Object.keys(PROBLEM_TITLES)).toEqual(Object.keys(REFUSALS) as RefusalCode[]);
  });

  it('A-HTTP-3 what is no route is not_found, what is no method of one 405 with those that are', async () => {
    api = await Served.start();
    const nothing = await api.ask('GET', '/branches/main/nothing?x=1');
    expect(nothing.status).toBe(404);
    expect(nothing.body).toMatchObject({
      code: 'not_found',
      detail: 'nothing at this path takes GET',
    });
    const wrong = await api.ask('DELETE', COMMANDS);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(wrong.body['code']).toBe('bad_message');
    const options = await api.ask('OPTIONS', '/branches/main/menu/items/x', { token: null });
    expect([options.status, options.headers.get('allow')]).toEqual([
      204,
      'GET, HEAD, PUT, OPTIONS',
    ]);
    const head = await api.ask('HEAD', '/branches/main/menu');
    expect([head.status, head.body['text']]).toEqual([200, '']);
  });

  it('A-HTTP-4 bodies are JSON of at most 64 KiB; all else is bad_message', async () => {
    api = await Served.start();
    const send = (body: string, type = 'application/json') =>
      api.ask('POST', COMMANDS, { body, headers: { ...KEY, 'content-type': type } });
    const cases = [
      ['{"name":', 400],
      ['[]', 400],
      ['{"name":"x"} {}', 400],
      ['{"__proto__":{"role":"admin"}}', 400],
      ['{"payload":{"constructor":{"prototype":1}}}', 400],
      [`{"payload":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`, 400],
      ['{"name":"\\ud800"}', 400],
      [JSON.stringify({ name: 'x'.repeat(70_000) }), 413],
    ] as const;
    for (const [body, status] of cases) {
      const answer = await send(body);
      expect([answer.status, answer.body['code']], body.slice(0, 60)).toEqual([
        status,
        'bad_message',
      ]);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/msgpack']) {
      const answer = await send('{}', type);
      expect([answer.status, answer.body['code']]).toEqual([415, 'bad_message']);
    }
  });

  it('A-HTTP-5 unknown fields of a body are refused, and all faults are told', async () => {
    api = await Served.start();
    const answer = await api.ask('POST', COMMANDS, {
      headers: KEY,
      body: { name: 'shift.open', payload: {}, colour: 'red', expect: { nothing: {} } },
    });
    expect(answer.body).toMatchObject({ code: 'validation_failed' });
    expect(answer.body['details']).toEqual(
      expect.arrayContaining([
        { path: '/colour', reason: 'is not a known field' },
        { path: '/expect/nothing', reason: 'is not a known field' },
      ]),
    );
  });

  it('A-HTTP-6 a path that cannot be decoded is refused, and a long one', async () => {
    api = await Served.start();
    const status = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(api.server.url);
        const asking = request({ hostname, port, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asking.on('error', reject).end();
      });
    expect(await status('/api/v1/branches/%zz')).toBe(400);
    expect(await status(`/api/v1/branches/${'x'.repeat(200)}`)).toBeGreaterThanOrEqual(400);
  });
});
