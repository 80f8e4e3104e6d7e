/** Logging in and out, refreshing and pairing, as a till, a kitchen screen and an office browser do it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { Served, type Answer } from './served.js';

let api: Served;
let clock: SettableClock;

beforeEach(async () => {
  clock = new SettableClock(Date.UTC(2026, 10, 21, 12));
  // One clock for what is recorded and for what tokens live by, as in the real world.
  api = await Served.start({}, { clock, tokenClock: clock });
});
afterEach(() => api.stop());

const admin = () => api.token({ role: 'admin' });

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly principal: Readonly<Record<string, string>>;
}

const tokensOf = (answer: Answer) => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Tokens;
};

async function offer(body: object = { name: 'Till 1', role: 'waiter' }): Promise<Answer> {
  return api.ask('POST', '/branches/main/pairing-codes', { token: await admin(), body });
}

const pair = (code: unknown) => api.ask('POST', '/auth/pair', { token: null, body: { code } });

async function pairedDevice(): Promise<Tokens> {
  const offered = await offer();
  expect(offered.status).toBe(201);
  return tokensOf(await pair(offered.body['code']));
}

async function setPin(staff: string, pin: string): Promise<void> {
  const path = `/branches/main/staff/${staff}/pin`;
  const answer = await api.ask('PUT', path, { token: await admin(), body: { pin } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

const login = (device: Tokens, body: object) =>
  api.ask('POST', '/auth/login', { token: device.access_token, body });

const refresh = ({ refresh_token, principal }: Tokens, deviceId = principal['device_id']) =>
  api.ask('POST', '/auth/refresh', { token: null, body: { refresh_token, device_id: deviceId } });

const canRead = async (tokens: Tokens) =>
  (await api.ask('GET', '/branches/main', { token: tokens.access_token })).status;

describe('pairing', () => {
  it('ID-PAIR-1 a code gives the device tokens of its own, once', async () => {
    const { body } = await offer({ name: 'Grill screen', role: 'kitchen' });
    expect(body['code']).toMatch(/^[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{3}){2}$/);
    expect(body['expires_at']).toBe(clock.now() + 600_000);
    const device = tokensOf(await pair(String(body['code']).toLowerCase().replaceAll('-', ' ')));
    expect(device.principal).toEqual({
      id: body['device_id'],
      name: 'Grill screen',
      role: 'kitchen',
      branch_id: 'main',
      device_id: body['device_id'],
    });
    expect(await canRead(device)).toBe(200);
    expect((await pair(body['code'])).status).toBe(401);
    expect((await refresh(device)).status).toBe(200);
  });

  it('ID-PAIR-2 a code ends after five wrong tries', async () => {
    const code = String((await offer()).body['code']);
    const wrong = code.slice(0, -1) + (code.endsWith('7') ? '8' : '7');
    for (let tries = 0; tries < 5; tries += 1) expect((await pair(wrong)).status).toBe(401);
    expect((await pair(code)).status).toBe(401);
  });

  it('ID-PAIR-3 a code ends after ten minutes', async () => {
    const code = (await offer()).body['code'];
    clock.advance(600_000);
    expect((await pair(code)).status).toBe(401);
  });

  it('ID-PAIR-4 a device paired anew, or unpaired, keeps nothing of what it held', async () => {
    const device = await pairedDevice();
    clock.advance(1_000);
    const id = device.principal['device_id'];
    const anew = await offer({ name: 'Till 1', role: 'waiter', device_id: id });
    const second = tokensOf(await pair(anew.body['code']));
    expect(second.principal['device_id']).toBe(id);
    expect(await canRead(device)).toBe(401);
    expect((await refresh(device)).status).toBe(401);
    expect(await canRead(second)).toBe(200);
    clock.advance(1_000);
    const path = `/branches/main/devices/${String(id)}`;
    const seen = await api.ask('GET', path, { token: await admin() });
    const headers = { 'if-match': seen.headers.get('etag') ?? '' };
    const removed = await api.ask('DELETE', path, { token: await admin(), headers });
    expect(removed.status).toBe(200);
    expect(await canRead(second)).toBe(401);
    expect((await refresh(second)).status).toBe(401);
  });
});

describe('logging in', () => {
  it('ID-LOGIN-1 a PIN logs a person in at a paired device', async () => {
    const device = await pairedDevice();
    await setPin('lucy', '4711');
    clock.advance(1);
    const lucy = tokensOf(await login(device, { staff_id: 'lucy', pin: '4711' }));
    expect(lucy.principal).toMatchObject({
      id: 'lucy',
      role: 'cashier',
      device_id: device.principal['device_id'],
    });
    const opened = await api.ask('POST', '/branches/main/commands', {
      token: lucy.access_token,
      body: { name: 'shift.open', payload: { opening_float: 0 } },
      headers: { 'idempotency-key': 'k' },
    });
    expect(opened.status).toBe(200);
  });

  it('ID-LOGIN-2 a person’s own token, or a token of no pairing, logs nobody in', async () => {
    await setPin('lucy', '4711');
    const body = { staff_id: 'lucy', pin: '4711' };
    const answer = await api.ask('POST', '/auth/login', { token: await admin(), body });
    expect(answer.body).toMatchObject({ code: 'forbidden' });
  });

  it('ID-LOGIN-3 managers and administrators need a password, and a PIN does not do', async () => {
    const device = await pairedDevice();
    const body = { password: 'correct horse battery' };
    const path = '/branches/main/staff/george/password';
    expect((await api.ask('PUT', path, { token: await admin(), body })).status).toBe(200);
    const pin = await api.ask('PUT', '/branches/main/staff/george/pin', {
      token: await admin(),
      body: { pin: '4711' },
    });
    expect(pin.body).toMatchObject({ code: 'invalid_state' });
    clock.advance(1);
    expect((await login(device, { staff_id: 'george', pin: '4711' })).status).toBe(401);
    expect((await login(device, { staff_id: 'george', ...body })).status).toBe(200);
    const office = await api.ask('POST', '/auth/password', {
      token: null,
      body: { branch_id: 'main', staff_id: 'george', ...body },
    });
    expect(tokensOf(office).principal).toMatchObject({ id: 'george', role: 'manager' });
  });

  it('ID-LOGIN-4 who is unknown, inactive or wrong gets the same answer', async () => {
    const device = await pairedDevice();
    await setPin('lucy', '4711');
    const answers = [
      await login(device, { staff_id: 'lucy', pin: '4712' }),
      await login(device, { staff_id: 'nobody', pin: '4711' }),
      await login(device, { staff_id: 'sam', pin: '4711' }),
    ];
    const bodies = answers.map(({ body: { correlationId: _id, ...body } }) => body);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it('ID-LOGIN-5 wrong PINs make the device wait for that person, longer each time, and no other device', async () => {
    const [till, other] = [await pairedDevice(), await pairedDevice()];
    await setPin('lucy', '4711');
    await setPin('sam', '2222');
    clock.advance(1);
    const wrong = () => login(till, { staff_id: 'lucy', pin: '0000' });
    for (let tries = 0; tries < 5; tries += 1) expect((await wrong()).status).toBe(401);
    const right = { staff_id: 'lucy', pin: '4711' };
    const waits = await login(till, right);
    expect(waits.status).toBe(429);
    expect(waits.headers.get('retry-after')).toBe('30');
    expect((await login(other, right)).status).toBe(200);
    expect((await login(till, { staff_id: 'sam', pin: '2222' })).status).toBe(200);
    clock.advance(30_000);
    expect((await wrong()).status).toBe(401);
    expect((await login(till, right)).headers.get('retry-after')).toBe('60');
    clock.advance(60_000);
    expect((await login(till, right)).status).toBe(200);
    expect((await wrong()).status).toBe(401);
    expect((await login(till, right)).status).toBe(200);
  }, 30_000);
});

describe('refreshing', () => {
  it('ID-REFRESH-1 each refresh token is good once, and gives the next one', async () => {
    const first = await pairedDevice();
    const second = tokensOf(await refresh(first));
    clock.advance(11_000);
    const third = tokensOf(await refresh(second));
    expect(new Set([first, second, third].map((each) => each.refresh_token)).size).toBe(3);
    expect(await canRead(third)).toBe(200);
  });

  it('ID-REFRESH-2 a token used twice ends the login, its successor and its access tokens', async () => {
    const first = await pairedDevice();
    const second = tokensOf(await refresh(first));
    clock.advance(10_001);
    expect((await refresh(first)).body).toMatchObject({ code: 'unauthenticated' });
    expect((await refresh(second)).status).toBe(401);
    expect(await canRead(second)).toBe(401);
  });

  it('ID-REFRESH-3 a lost answer may be asked for again within ten seconds, by the same device alone', async () => {
    const first = await pairedDevice();
    const second = tokensOf(await refresh(first));
    clock.advance(10_000);
    const again = tokensOf(await refresh(first));
    expect(again.refresh_token).toBe(second.refresh_token);
    expect((await refresh(first, 'another-till')).status).toBe(401);
    expect((await refresh(second)).status).toBe(401);
  });

  it('ID-REFRESH-4 after the successor was used, the token before it is a reuse at once', async () => {
    const first = await pairedDevice();
    const second = tokensOf(await refresh(first));
    const third = tokensOf(await refresh(second));
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(third)).status).toBe(401);
  });

  it('ID-REFRESH-5 parallel refreshes get one successor', async () => {
    const first = await pairedDevice();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(first)));
    const successors = new Set(answers.map((answer) => tokensOf(answer).refresh_token));
    expect(successors.size).toBe(1);
  });

  it('ID-REFRESH-6 a refresh token expires after seven days, and a login ends after thirty', async () => {
    const device = await pairedDevice();
    await setPin('lucy', '4711');
    clock.advance(1);
    let lucy = tokensOf(await login(device, { staff_id: 'lucy', pin: '4711' }));
    const day = 24 * 3_600_000;
    for (let week = 0; week < 4; week += 1) {
      clock.advance(7 * day - 1);
      lucy = tokensOf(await refresh(lucy));
    }
    clock.advance(2 * day + 10);
    expect((await refresh(lucy)).body).toMatchObject({ code: 'token_expired' });
    clock.advance(day);
    expect((await refresh(device)).body).toMatchObject({ code: 'token_expired' });
  });

  it('ID-REFRESH-7 what is no refresh token is refused, an access token too', async () => {
    const device = await pairedDevice();
    const [, branch = '', session = ''] = device.refresh_token.split('.');
    const wrong = [
      'x',
      device.access_token,
      `ert1.${branch}.${session}`,
      `ert1.${branch}.no-such-session.${'a'.repeat(43)}`,
      `ert1.bm93aGVyZQ.${session}.${'a'.repeat(43)}`,
    ];
    for (const token of wrong) {
      expect((await refresh({ ...device, refresh_token: token })).status, token).toBe(401);
    }
    expect((await refresh(device)).status).toBe(200);
    expect(await canRead({ ...device, access_token: device.refresh_token })).toBe(401);
  });
});

describe('ending', () => {
  it('ID-END-1 a logout voids the login’s access and refresh tokens', async () => {
    const device = await pairedDevice();
    await setPin('lucy', '4711');
    clock.advance(1);
    const lucy = tokensOf(await login(device, { staff_id: 'lucy', pin: '4711' }));
    const out = await api.ask('POST', '/auth/logout', { token: lucy.access_token });
    expect(out.status).toBe(204);
    expect(await canRead(lucy)).toBe(401);
    expect((await refresh(lucy)).status).toBe(401);
    expect(await canRead(device)).toBe(200);
  });

  it('ID-END-2 a change of role, PIN or activity voids what was given before', async () => {
    const device = await pairedDevice();
    const path = '/branches/main/staff/lucy';
    const changes = [{ role: 'waiter' }, { active: false }];
    for (const body of changes) {
      await setPin('lucy', '4711');
      clock.advance(1);
      const lucy = tokensOf(await login(device, { staff_id: 'lucy', pin: '4711' }));
      clock.advance(1);
      const seen = await api.ask('GET', path, { token: await admin() });
      const headers = { 'if-match': seen.headers.get('etag') ?? '' };
      const changed = await api.ask('PUT', path, { token: await admin(), headers, body });
      expect(changed.status).toBe(200);
      expect(await canRead(lucy)).toBe(401);
      expect((await refresh(lucy)).status).toBe(401);
    }
    const pin = { staff_id: 'lucy', pin: '4711' };
    expect((await login(device, pin)).status).toBe(401);
  });

  it('ID-END-3 nobody changes their own role or locks themselves out', async () => {
    const seen = await api.ask('GET', '/branches/main/staff/amira', { token: await admin() });
    const headers = { 'if-match': seen.headers.get('etag') ?? '' };
    const amira = { id: 'amira', name: 'Amira', role: 'admin', branch_id: 'main', device_id: 'd' };
    const token = await api.server.tokens.sign({ ...amira, role: 'admin' }, 60);
    const answer = await api.ask('PUT', '/branches/main/staff/amira', {
      token,
      headers,
      body: { active: false },
    });
    expect(answer.body).toMatchObject({ code: 'invalid_state' });
  });
});

it('ID-ADMIN-1 one long key for two resources is two keys', async () => {
  const headers = { 'if-none-match': '*', 'idempotency-key': 'k'.repeat(128) };
  const body = { name: 'New', role: 'waiter' };
  for (const id of ['new-one', 'new-two']) {
    const path = `/branches/main/staff/${id}`;
    const answer = await api.ask('PUT', path, { token: await admin(), headers, body });
    expect(answer.body).not.toHaveProperty('replayed');
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
});
