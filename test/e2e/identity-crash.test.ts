/** Logins across kill -9 and restarts, and how soon an ended one loses its sockets: a hub in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeSocket } from '../../src/client/connection/node-socket.js';
import { decode, encode } from '../../src/protocol/codec.js';
import type { HubMessage } from '../../src/protocol/messages.js';
import { freePort, HubProcess } from '../support/hub-process.js';
import { seededRandom } from './crash/random.js';
import { Doors, type Answered } from './secrets/doors.js';

const { SEED } = process.env;
const seed = SEED === undefined ? Date.now() % 1_000_000 : Number(SEED);
const ROUNDS = 6;
/** A kill comes so long after the refresh was sent, at most; a refresh takes about 5 ms. */
const KILL_MS = 12;
const REVOKED_WITHIN_MS = 5_000;

interface Login {
  readonly access: string;
  readonly refresh: string;
  readonly deviceId: string;
}

let directory: string;
let port: number;
let hub: HubProcess;
let doors: Doors;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-logins-'));
  port = await freePort();
  await start();
  doors = new Doors(port);
});
afterEach(async () => {
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  hub = await HubProcess.start({ directory, port, flags: ['--demo'] });
}

async function restart(): Promise<void> {
  await hub.kill();
  await start();
}

const admin = () => hub.token({ role: 'admin' });

const post = (path: string, body: object, token?: string) =>
  doors.ask({ path, method: 'POST', body, token });

function loginOf({ status, body }: Answered): Login {
  expect(status, JSON.stringify(body)).toBe(200);
  const { device_id: deviceId } = body['principal'] as { readonly device_id: string };
  const { access_token: access, refresh_token: refresh } = body;
  return { access: String(access), refresh: String(refresh), deviceId };
}

async function pairedDevice(): Promise<Login> {
  const body = { name: 'Till 1', role: 'waiter' };
  const offered = await post('/branches/main/pairing-codes', body, admin());
  return loginOf(await post('/auth/pair', { code: offered.body['code'] }));
}

async function lucyAt(device: Login): Promise<Login> {
  const path = '/branches/main/staff/lucy/pin';
  const body = { pin: '4711' };
  expect((await doors.ask({ path, method: 'PUT', token: admin(), body })).status).toBe(200);
  return loginOf(await post('/auth/login', { staff_id: 'lucy', pin: '4711' }, device.access));
}

const refresh = ({ refresh: token, deviceId }: Login, device = deviceId) =>
  post('/auth/refresh', { refresh_token: token, device_id: device });

const canRead = async ({ access }: Login) =>
  (await doors.ask({ path: '/branches/main', token: access })).status;

interface Ended {
  readonly notice: string | undefined;
  readonly code: number;
  readonly at: number;
}

/** A socket that says hello, then only listens; `ended` resolves with how it was closed. */
function listen({ access }: Login): Promise<{ readonly ended: Promise<Ended> }> {
  return new Promise((resolve, reject) => {
    let end: (ended: Ended) => void;
    let notice: string | undefined;
    const ended = new Promise<Ended>((settle) => (end = settle));
    const socket = nodeSocket(hub.url, 'json', {
      opened() {
        socket.send(encode({ type: 'hello', id: 'h', token: access }, 'json'));
      },
      message(bytes) {
        const message = decode(bytes, 'json') as HubMessage;
        if (message.type === 'welcome') resolve({ ended });
        if (message.type === 'notice') notice = message.code;
      },
      closed(code) {
        end({ notice, code, at: performance.now() });
        reject(new Error(`closed with ${String(code)}`));
      },
    });
  });
}

/** Milliseconds until the login's socket was closed as revoked. */
async function revokedBy(login: Login, act: () => Promise<Answered>): Promise<number> {
  const { ended } = await listen(login);
  const from = performance.now();
  const status = (await act()).status;
  const { notice, code, at } = await ended;
  expect({ notice, code, status }).toMatchObject({ notice: 'revoked', code: 4401 });
  expect(at - from).toBeLessThan(REVOKED_WITHIN_MS);
  return Math.round(at - from);
}

async function change(method: string, path: string, body: object): Promise<Answered> {
  const token = admin();
  const seen = await doors.ask({ path, token });
  const headers = { 'if-match': String(seen.headers['etag']) };
  const changed = await doors.ask({
    path,
    method,
    token,
    headers,
    ...(method === 'PUT' && { body }),
  });
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  return changed;
}

describe('logins of a hub that is killed', () => {
  it('ID-CRASH-1 whose refresh was cut off asks again with the same token, and the login goes on', async () => {
    console.log(`SEED=${String(seed)}`);
    const random = seededRandom(seed);
    let login = await pairedDevice();
    let unanswered = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const cut = refresh(login).then(
        ({ status }) => status,
        () => null,
      );
      await new Promise((resolve) => setTimeout(resolve, random() * KILL_MS));
      await hub.kill();
      if ((await cut) === null) unanswered += 1;
      await start();
      // Answered or not: the device acts as if it had heard nothing.
      const again = loginOf(await refresh(login));
      expect(await canRead(again)).toBe(200);
      login = loginOf(await refresh(again));
      expect(await canRead(login)).toBe(200);
    }
    console.log(`${String(unanswered)} of ${String(ROUNDS)} refreshes were not answered`);
  });

  it('ID-CRASH-2 a refresh that was committed and not heard is answered with the same successor after the restart', async () => {
    const device = await pairedDevice();
    const lost = loginOf(await refresh(device));
    await restart();
    const again = loginOf(await refresh(device));
    expect(again.refresh).toBe(lost.refresh);
    expect(await canRead(again)).toBe(200);
    expect((await refresh(device, 'another-till')).status).toBe(401);
    expect((await refresh(again)).status).toBe(401);
  });

  it('ID-CRASH-3 wrong PINs are counted across a restart', async () => {
    const device = await pairedDevice();
    const path = '/branches/main/staff/lucy/pin';
    await doors.ask({ path, method: 'PUT', token: admin(), body: { pin: '4711' } });
    const login = (pin: string) => post('/auth/login', { staff_id: 'lucy', pin }, device.access);
    for (let tries = 0; tries < 5; tries += 1) expect((await login('0000')).status).toBe(401);
    await restart();
    const waits = await login('4711');
    expect(waits.status).toBe(429);
    expect(Number(waits.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('ID-CRASH-4 a reuse closes the socket within 5 s, and stays in force after a restart', async () => {
    const first = await lucyAt(await pairedDevice());
    const second = loginOf(await refresh(first));
    const tookMs = await revokedBy(second, () => refresh(first, 'another-till'));
    expect(await canRead(second)).toBe(401);
    await restart();
    expect(await canRead(second)).toBe(401);
    expect((await refresh(second)).status).toBe(401);
    console.log(`reuse: closed after ${String(tookMs)} ms`);
  });

  it('ID-CRASH-5 logout, a change of role and unpairing close open sockets within 5 s', async () => {
    const device = await pairedDevice();
    const lucy = await lucyAt(device);
    const logout = await revokedBy(lucy, () => post('/auth/logout', {}, lucy.access));
    const again = await lucyAt(device);
    const lucyPath = '/branches/main/staff/lucy';
    const role = await revokedBy(again, () => change('PUT', lucyPath, { role: 'waiter' }));
    const devicePath = `/branches/main/devices/${device.deviceId}`;
    const unpaired = await revokedBy(device, () => change('DELETE', devicePath, {}));
    console.log(`closed after ${JSON.stringify({ logout, role, unpaired })} ms`);
  });
});
