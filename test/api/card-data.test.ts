import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardDataIn } from '../../src/base/card-data.js';
import type { Log } from '../../src/base/log.js';
import { Served, type Answer } from './served.js';

const CARD = '4111111111111111';
const SPACED = '4111 1111 1111 1111';

/** Everything that came back, head and body. */
function told({ headers, body }: Answer): string {
  return JSON.stringify([[...headers], body]);
}

/** A whole answer to a request that no client library would send. */
function askedRaw(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(`${head}\r\n\r\n`));
    socket.on('data', (bytes) => (answer += bytes.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('card data over HTTP', () => {
  let served: Served;
  const entries: unknown[] = [];
  beforeAll(async () => {
    const note = (fields: object, message: string) => void entries.push({ ...fields, message });
    const log: Log = { debug: note, info: note, warn: note, error: note };
    served = await Served.start({}, { log });
  });
  afterAll(() => served.stop());

  it('CARD-9 a body that carries it is refused with its place, before the token is looked at', async () => {
    const body = { name: 'order.open', payload: { order_type: 'dine_in', note: `card ${SPACED}` } };
    for (const token of [undefined, null]) {
      const answer = await served.ask('POST', '/branches/main/commands', {
        body,
        headers: { 'idempotency-key': 'k1' },
        ...(token === null && { token }),
      });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        code: 'validation_failed',
        detail: 'card data is never taken here',
        details: [{ path: '/payload/note', reason: 'holds a card number' }],
      });
      expect(told(answer)).not.toContain('1111 1111');
    }
  });

  it.each([
    ['the name of a field', 'POST', '/branches/main/commands', { body: { [CARD]: 1 } }],
    ['a number', 'POST', '/branches/main/commands', { body: `{"at":${CARD}}` }],
    [
      'an escaped text',
      'POST',
      '/branches/main/commands',
      { body: String.raw`{"a":"\u0034111111111111111"}` },
    ],
    ['a security code', 'POST', '/branches/main/commands', { body: { payload: { cvv: '123' } } }],
    ['a path', 'GET', `/orders/${CARD}`, {}],
    ['a path of steps', 'GET', '/orders/4111/1111/1111/1111', {}],
    ['an escaped path', 'GET', '/orders/%34111%201111%201111%201111', {}],
    ['a path that is not there', 'GET', `//nowhere/${CARD}`, {}],
    ['a query', 'GET', '/orders?table_no=4111+1111+1111+1111', {}],
    ['the name of a query field', 'GET', '/orders?cvv=123', {}],
    ['a query of a path that is not there', 'GET', `//nowhere?x=${CARD}`, {}],
    [
      'an idempotency key',
      'POST',
      '/branches/main/commands',
      { body: {}, headers: { 'idempotency-key': CARD } },
    ],
    ['a correlation id', 'GET', '/orders', { headers: { 'x-correlation-id': CARD } }],
    ['a request id', 'GET', '/orders', { headers: { 'x-request-id': `r-${CARD}` } }],
    ['a version', 'GET', '/orders', { headers: { 'if-match': `"${CARD}"` } }],
    [
      'a type of body',
      'POST',
      '/branches/main/commands',
      { body: '{}', headers: { 'content-type': `text/${CARD}` } },
    ],
  ])(
    'CARD-9 %s that carries it is refused, and the answer repeats none of it',
    async (_, method, path, asking) => {
      const answer = await served.ask(method, path, asking);
      expect([answer.status, answer.body['code']]).toEqual([400, 'validation_failed']);
      expect(told(answer)).not.toMatch(/1111|=123/);
      expect(cardDataIn(told(answer))).toBeNull();
    },
  );

  it('CARD-9 a request that cannot be read is not repeated either', async () => {
    const { port } = new URL(served.server.url);
    for (const head of [
      `GET /api/v1/%zz${CARD} HTTP/1.1\r\nHost: localhost\r\nConnection: close`,
      `GET /%zz?x=${CARD} HTTP/1.1\r\nHost: localhost\r\nConnection: close`,
      `${CARD} / HTTP/1.1\r\nHost: localhost`,
      `GET / HTTP/1.1\r\nHost: localhost\r\n${CARD}`,
    ]) {
      const answer = await askedRaw(Number(port), head);
      expect([head, answer.slice(0, 12)]).toEqual([head, 'HTTP/1.1 400']);
      expect(answer).not.toContain('1111');
    }
  });

  it('CARD-9 a body that nobody reads is not repeated', async () => {
    const answer = await served.ask('POST', '//nowhere', { body: { note: CARD } });
    expect(answer.status).toBe(404);
    expect(told(answer)).not.toContain('1111');
  });

  it('CARD-9 nothing was logged of it, and requests without it are served', async () => {
    expect(JSON.stringify(entries)).not.toContain('1111');
    const id = 'order:41111111-1111-4111-8111-1bcdefabcdef';
    const answer = await served.ask('GET', `/orders/${id}`, {
      headers: { 'x-correlation-id': id },
    });
    expect([answer.status, answer.headers.get('x-correlation-id')]).toEqual([404, id]);
  });
});
