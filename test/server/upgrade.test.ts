import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.js';
import {
  closeCode,
  dial,
  doorOnPort,
  JSON_TEXT,
  MSGPACK,
  refusedWith,
  retryAfter,
  type OpenDoor,
} from './door.js';

describe('the door for WebSockets', () => {
  let open: OpenDoor | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  it('O-WS-1 WebSockets are at /ws, elsewhere the answer is 404', async () => {
    open = await doorOnPort();
    expect(await refusedWith(open.port, [MSGPACK], { path: '/' })).toBe('404');
    expect(await refusedWith(open.port, [MSGPACK], { path: '/wsx' })).toBe('404');
    const socket = await dial(open.port, [MSGPACK], { path: '/ws?x=1' });
    expect(socket.protocol).toBe(MSGPACK);
    expect(open.door.stats()).toMatchObject({ connections: 1, upgrades_refused_total: 2 });
  });

  it('O-WS-2 the first sub-protocol known of the list of the client is taken, without one the answer is 400', async () => {
    open = await doorOnPort();
    const picked = [];
    for (const offer of [
      [MSGPACK, JSON_TEXT],
      [JSON_TEXT, MSGPACK],
      ['mqtt', JSON_TEXT],
    ]) {
      picked.push((await dial(open.port, offer)).protocol);
    }
    expect(picked).toEqual([MSGPACK, JSON_TEXT, JSON_TEXT]);
    expect(open.hub.connections.map(({ encoding }) => encoding)).toEqual([
      'msgpack',
      'json',
      'json',
    ]);
    expect(await refusedWith(open.port, ['mqtt'])).toBe('400');
    expect(await refusedWith(open.port, [])).toBe('400');
  });

  it('O-WS-3 pages of this host and of the listed origins may connect, and programs without an origin', async () => {
    open = await doorOnPort();
    const { port } = open;
    const asPage = (origin: string) =>
      refusedWith(port, [MSGPACK], { headers: { Origin: origin } });
    expect(await asPage('https://till.example')).toBe('was accepted');
    expect(await asPage(`http://127.0.0.1:${port}`)).toBe('was accepted');
    expect(await refusedWith(port, [MSGPACK])).toBe('was accepted');
    expect(await asPage('https://evil.example')).toBe('403');
    expect(await asPage('https://till.example.evil.example')).toBe('403');
    expect(await asPage('null')).toBe('403');
  });

  it('O-WS-4 above the bound of connections, and while the hub drains, the answer is 503', async () => {
    open = await doorOnPort({ connectionsMax: 1 });
    const first = await dial(open.port);
    expect(await refusedWith(open.port, [MSGPACK])).toBe('503');
    first.close();
    await closeCode(first);
    await open.hub.heard('closed 1005');
    const second = await dial(open.port);
    second.terminate();
    await open.hub.heard('closed 1006');
    open.hub.state = 'draining';
    expect(await refusedWith(open.port, [MSGPACK])).toBe('503');
  });

  it('L-IP-1 above the connections of one address an upgrade is 429 with Retry-After', async () => {
    open = await doorOnPort({}, { connectionsPerMinutePerIp: 1 });
    await dial(open.port);
    expect(await refusedWith(open.port, [MSGPACK])).toBe('429');
    expect(await retryAfter(open.port)).toMatch(/^[1-9]\d?$/);
  });

  it('L-IP-2 a connection that closes makes room under the bound of those at once', async () => {
    open = await doorOnPort({}, { connectionsPerIp: 1 });
    const first = await dial(open.port);
    expect(await refusedWith(open.port, [MSGPACK])).toBe('429');
    first.close();
    await closeCode(first);
    await open.hub.heard('closed 1005');
    expect(await refusedWith(open.port, [MSGPACK])).toBe('was accepted');
  });

  it('O-WS-5 compression is never negotiated', async () => {
    open = await doorOnPort();
    const socket = await dial(open.port, [MSGPACK], { perMessageDeflate: true });
    expect(socket.extensions).toBe('');
  });

  it('CARD-10 an upgrade that carries card data is refused with 400, which repeats none of it', async () => {
    const told: unknown[] = [];
    const info = (fields: object) => void told.push(fields);
    open = await doorOnPort({ log: { ...silentLog, info } });
    const refusals = [
      await refusedWith(open.port, [MSGPACK], { path: '/ws?card=4111+1111+1111+1111' }),
      await refusedWith(open.port, [MSGPACK], { path: '/4111111111111111' }),
      await refusedWith(open.port, [MSGPACK, '4111111111111111']),
      await refusedWith(open.port, [MSGPACK], { path: '/ws?cvv=123' }),
      await refusedWith(open.port, [MSGPACK], {
        headers: { Origin: 'https://4111-1111-1111-1111.example' },
      }),
    ];
    expect(refusals).toEqual(['400', '400', '400', '400', '400']);
    expect(JSON.stringify(told)).not.toMatch(/1111|123/);
  });
});
