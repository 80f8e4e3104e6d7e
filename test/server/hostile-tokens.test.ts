/** Tokens of all the wrong kinds, shown at every door of one running server. */
import { once } from 'node:events';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { openTokenKeys, rotateTokenKey } from '../../src/server/token-key.js';
import { Served, type Answer } from '../api/served.js';
import { dial, JSON_TEXT } from './door.js';
import {
  signed,
  wrongClaims,
  wrongHeaders,
  wrongShapes,
  type Forge,
  type HostileToken,
} from './hostile-token-list.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const clock = new SettableClock(NOW);
const data = mkdtempSync(join(tmpdir(), 'expeditor-hostile-'));
let api: Served;
let forge: Forge;

beforeAll(async () => {
  const config = { data, unauthenticatedPerMinutePerIp: 1_000_000 };
  api = await Served.start(config, { clock, tokenClock: clock });
  const { bytes: key, id: kid } = openTokenKeys(data).keys().current;
  forge = { key, kid, now: NOW };
}, 30_000);
afterAll(async () => {
  await api.stop();
  rmSync(data, { recursive: true });
});

/** `welcome`, or the code of the refusal and of the close. */
async function hello(token: string): Promise<string> {
  const socket = await dial(Number(new URL(api.server.url).port), [JSON_TEXT]);
  const closed = once(socket, 'close');
  socket.send(JSON.stringify({ type: 'hello', id: '1', token }));
  const heard = once(socket, 'message');
  const first = await Promise.race([heard.then(([data]) => data as Buffer), closed]);
  const reply = Buffer.isBuffer(first) ? (JSON.parse(first.toString()) as Answer['body']) : {};
  if (reply['type'] === 'welcome') socket.close();
  const [code] = (await closed) as [number];
  return reply['type'] === 'welcome' ? 'welcome' : String(code);
}

const read = (token: string) => api.ask('GET', '/branches/main', { token });

async function overHttp(token: string): Promise<number> {
  try {
    return (await read(token)).status;
  } catch (error) {
    // What no header may hold never leaves the client.
    if (error instanceof TypeError && error.message.includes('header')) return 401;
    throw error;
  }
}

async function doorsOf(token: string): Promise<readonly unknown[]> {
  return Promise.all([hello(token), overHttp(token)]);
}

/** Those that get in anywhere. */
async function accepted(tokens: readonly HostileToken[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, token } of tokens) {
    const verdict = await api.server.tokens.verify(token);
    const [socket, http] = await doorsOf(token);
    if (verdict.kind !== 'refused' || socket !== '4401' || http !== 401) {
      names.push(`${name}: ${verdict.kind}, ${String(socket)}, ${String(http)}`);
    }
  }
  return names;
}

const given = (answer: Answer, field: string) => {
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return String(answer.body[field]);
};
const asAdmin = async (method: string, path: string, more: object = {}) =>
  api.ask(method, `/branches/main${path}`, { token: await api.token({ role: 'admin' }), ...more });

async function pairing() {
  const offered = await asAdmin('POST', '/pairing-codes', { body: { name: 'T', role: 'waiter' } });
  const code = given(offered, 'code');
  const paired = await api.ask('POST', '/auth/pair', { token: null, body: { code } });
  const access = given(paired, 'access_token');
  return { code, access, refresh: given(paired, 'refresh_token'), id: given(offered, 'device_id') };
}

/** A login of a cook with a PIN, a moment after it was given. */
async function login(staff: string, device: string): Promise<string> {
  given(await asAdmin('PUT', `/staff/${staff}/pin`, { body: { pin: '4711' } }), 'version');
  clock.advance(1);
  const body = { staff_id: staff, pin: '4711' };
  return given(await api.ask('POST', '/auth/login', { token: device, body }), 'access_token');
}

async function changed(method: string, path: string, body?: object): Promise<void> {
  clock.advance(1);
  const seen = await asAdmin('GET', path);
  const headers = { 'if-match': seen.headers.get('etag') ?? '' };
  given(await asAdmin(method, path, { headers, ...(body !== undefined && { body }) }), 'version');
}

describe('hostile tokens', () => {
  it('O-TOK-7 a good token, made by hand, gets in at every door, whatever the case of bearer', async () => {
    const good = signed(forge);
    expect((await api.server.tokens.verify(good)).kind).toBe('valid');
    expect(await doorsOf(good)).toEqual(['welcome', 200]);
    const headers = { authorization: `bearer ${good}` };
    const answer = await api.ask('GET', '/branches/main', { token: null, headers });
    expect(answer.status).toBe(200);
  });

  it('O-TOK-13 whatever is wrong with header, claim or shape of a token, it gets in nowhere', async () => {
    const tokens = [...wrongHeaders(forge), ...wrongClaims(forge), ...wrongShapes(forge)];
    process.stdout.write(`${tokens.length} hostile tokens\n`);
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length);
    expect(tokens.length).toBeGreaterThan(80);
    expect(await accepted(tokens)).toEqual([]);
  }, 30_000);

  it('O-TOK-13 an empty token, blanks around one, and 100 KB of one get in nowhere', async () => {
    const good = signed(forge);
    expect(await doorsOf('')).toEqual(['4401', 401]);
    for (const bent of [` ${good}`, `${good}\n`, `${good} x`, `${good}é`]) {
      expect((await api.server.tokens.verify(bent)).kind, bent).toBe('refused');
      expect(await hello(bent), bent).toBe('4401');
    }
    // A frame and a header beyond their bounds are not read at all.
    const long = good + 'A'.repeat(100_000);
    expect((await api.server.tokens.verify(long)).kind).toBe('refused');
    expect(await hello(long)).toBe('1009');
    expect((await read(long)).status).toBe(431);
  });

  it('O-TOK-9 a token counts as the bearer of a request alone: not in its URL, nor as a password', async () => {
    const good = signed(forge);
    const basic = Buffer.from(`lucy:${good}`).toString('base64');
    const ask = (query: string, headers: Record<string, string>) =>
      api.ask('GET', `/branches/main${query}`, { token: null, headers });
    const statuses = [
      await ask(`?token=${good}`, {}),
      await ask(`?access_token=${good}`, {}),
      await ask('', { authorization: `Basic ${basic}` }),
      await ask('', { authorization: good }),
      await ask('', { authorization: `Bearer ${good} ${good}` }),
      await ask('', { cookie: `token=${good}` }),
      await ask('', { 'x-access-token': good }),
    ].map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 401));
  });

  it('O-TOK-10 a token of a branch that is not here, a refresh token and a pairing code are refused', async () => {
    expect(await doorsOf(signed(forge, { claims: { branch: 'nowhere' } }))).toEqual(['4401', 401]);
    const { refresh, code } = await pairing();
    const tokens = Object.entries({ refresh, code });
    expect(await accepted(tokens.map(([name, token]) => ({ name, token })))).toEqual([]);
  });

  it('O-TOK-11 a token is void with its login, its person, their role, or its device', async () => {
    const device = await pairing();
    const tokens = {
      ended: await login('lucy', device.access),
      deactivated: await login('tom', device.access),
      changed: await login('nadia', device.access),
      unpaired: device.access,
    };
    for (const token of Object.values(tokens)) {
      expect(await doorsOf(token)).toEqual(['welcome', 200]);
    }
    const out = await api.ask('POST', '/auth/logout', { token: tokens.ended });
    expect(out.status).toBe(204);
    await changed('PUT', '/staff/tom', { active: false });
    await changed('PUT', '/staff/nadia', { role: 'cashier' });
    await changed('DELETE', `/devices/${device.id}`);
    for (const [name, token] of Object.entries(tokens)) {
      expect(await doorsOf(token), name).toEqual(['4401', 401]);
    }
  }, 30_000);

  it('O-TOK-12 after two rotations a token of the key before the previous one is refused', async () => {
    const before = signed(forge);
    rotateTokenKey(data, Date.now());
    expect(await doorsOf(before)).toEqual(['welcome', 200]);
    rotateTokenKey(data, Date.now() + 3_600_000);
    expect(await accepted([{ name: 'two rotations ago', token: before }])).toEqual([]);
  });
});
