/** Everything secret is sent everywhere to a hub in a process of its own, and then looked for in all that it wrote and said. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDigit } from '../support/card-numbers.js';
import { freePort, HubProcess } from '../support/hub-process.js';
import { Doors, type Answered } from './secrets/doors.js';
import { floodCommands, floodCorrelation, floodEverywhere } from './secrets/flood.js';
import { filesOf, rowsOf, scan, type Place, type Secret } from './secrets/scanner.js';

/** Nobody is kept out for knocking too often. */
const FLAGS = ['--demo', '--log-level', 'debug', '--unauthenticated-per-minute-per-ip', '1000000'];
const DATABASE = 'expeditor.db';
const WAL = 'expeditor.db-wal';

const PINS = { right: '83649217', wrong: '59172836', next: '70415593' };
const PASSWORDS = { right: 'mürrische Otter: 47 Kähne', wrong: 'correct horse battery staple 9' };
const card = (digits: string): string => digits + String(checkDigit(digits));
const VISA = card('492981726354910');
const AMEX = card('37144963539843');

let directory: string;
let hub: HubProcess;
let doors: Doors;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-secrets-'));
  hub = await HubProcess.start({ directory, port: await freePort(), flags: FLAGS });
  doors = new Doors(Number(new URL(hub.url).port));
});
afterEach(async () => {
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

const secret = (kind: Secret['kind'], ...texts: string[]): Secret[] =>
  texts.map((text) => ({ kind, text }));

/** What makes a token one: its signature, or the part that is kept as a hash. */
const tailOf = (token: string): string => token.split('.').at(-1) ?? token;

const CARDS = [
  ...[VISA, AMEX, VISA.replaceAll(/(....)(?=.)/g, '$1 '), VISA.replaceAll(/(....)(?=.)/g, '$1-')],
  ...[VISA.replaceAll(/(....)(?=.)/g, '$1\u00a0'), `${AMEX.slice(0, 4)}.${AMEX.slice(4)}`],
  ...[`%B${VISA}^HOPPER/GRACE^29051011000000000?`, `;${VISA}=29051011000000000?`],
  ...['cvv: 7391', 'CVC2 code 6284'],
];

interface Journey {
  readonly admin: string;
  readonly deviceToken: string;
  /** What is sent where it does not belong. */
  readonly sent: readonly Secret[];
  /** What is looked for: that, and whatever else was given or taken. */
  readonly sought: readonly Secret[];
}

function tokensOf({ status, body }: Answered): { access: string; refresh: string } {
  expect(status, JSON.stringify(body)).toBe(200);
  return { access: String(body['access_token']), refresh: String(body['refresh_token']) };
}

const post = (path: string, body: object, token?: string) =>
  doors.ask({ path, method: 'POST', body, token, handsOut: true });

/** Secrets through the doors that take them, right and wrong: set, paired, logged in, refreshed, used twice, logged out. */
async function takeTheDoors(): Promise<Journey> {
  const admin = hub.token({ role: 'admin' });
  const put = async (path: string, body: object) => {
    const path_ = `/branches/main/staff/${path}`;
    expect((await doors.ask({ path: path_, method: 'PUT', token: admin, body })).status).toBe(200);
  };
  await put('lucy/pin', { pin: PINS.next });
  await put('lucy/pin', { pin: PINS.right });
  await put('george/password', { password: PASSWORDS.right });
  const offered = await post(
    '/branches/main/pairing-codes',
    { name: 'Till', role: 'waiter' },
    admin,
  );
  const code = String(offered.body['code']);
  const wrongCode = code.slice(0, -1) + (code.endsWith('7') ? '8' : '7');
  expect((await post('/auth/pair', { code: wrongCode })).status).toBe(401);
  const device = tokensOf(await post('/auth/pair', { code }));
  expect((await post('/auth/pair', { code })).status).toBe(401);
  const login = (body: object) => post('/auth/login', body, device.access);
  const lucy = { staff_id: 'lucy', pin: PINS.right };
  const george = { staff_id: 'george', password: PASSWORDS.right };
  expect((await login({ ...lucy, pin: PINS.wrong })).status).toBe(401);
  expect((await login({ ...george, password: PASSWORDS.wrong })).status).toBe(401);
  const first = tokensOf(await login(lucy));
  const manager = tokensOf(await login(george));
  const office = tokensOf(await post('/auth/password', { branch_id: 'main', ...george }));
  const deviceId = String(offered.body['device_id']);
  const refresh = (refresh_token: string, device_id = deviceId) =>
    post('/auth/refresh', { refresh_token, device_id });
  const second = tokensOf(await refresh(first.refresh));
  expect((await refresh(first.refresh, 'another-till')).status).toBe(401);
  expect((await refresh(second.refresh)).status).toBe(401);
  expect((await post('/auth/logout', {}, manager.access)).status).toBe(204);
  expect((await post('/auth/logout', {}, manager.access)).status).toBe(401);
  const shift = { name: 'shift.open', payload: { opening_float: 0 } };
  const headers = { 'idempotency-key': 'the-shift' };
  const path = '/branches/main/commands';
  const opened = await doors.ask({ path, method: 'POST', token: admin, headers, body: shift });
  expect(opened.status).toBe(200);
  const all = [first, second, manager, office, device];
  const [bare, wrongBare] = [code, wrongCode].map((each) => each.replaceAll('-', ''));
  const tokens = [admin, ...all.flatMap(({ access, refresh: token }) => [access, token])];
  const sent = [
    ...secret('pin', PINS.right),
    ...secret('password', PASSWORDS.right),
    ...secret('token', office.access, first.refresh),
    ...secret('code', wrongCode),
  ];
  const sought = [
    ...sent,
    ...secret('pin', PINS.wrong, PINS.next),
    ...secret('password', PASSWORDS.wrong),
    ...secret('token', ...tokens.map(tailOf)),
    ...secret('code', code, bare ?? '', bare?.toLowerCase() ?? '', wrongBare ?? ''),
  ];
  return { admin, deviceToken: device.access, sent, sought };
}

function placesOf(metrics: string): Place[] {
  return [
    ...filesOf(directory),
    { name: 'the log', bytes: Buffer.from(hub.output) },
    { name: '/metrics', bytes: Buffer.from(metrics) },
    ...doors.answers,
  ];
}

const isNamed = (places: readonly Place[], name: string): boolean =>
  places.some((place) => place.name === name && place.bytes.length > 0);

describe('secrets', () => {
  it('SCAN-1 SCAN-2 no PIN, password, token, code or card number is in files, log, metrics or answers', async () => {
    const { admin, deviceToken, sent, sought: taken } = await takeTheDoors();
    const flood = { doors, token: admin, deviceToken };
    const cards = secret('card', ...CARDS);
    await Promise.all([...sent, ...cards].map((each) => floodEverywhere(flood, each)));
    for (const { text } of sent.filter(({ kind }) => kind === 'token')) {
      await floodCorrelation(flood, text);
    }
    await Promise.all(cards.map(({ text }) => floodCommands(flood, text)));
    const metrics = await hub.text('/metrics');
    await hub.kill();
    const sought = [...taken, ...cards];
    const killed = placesOf(metrics);
    expect(
      [DATABASE, WAL, 'heads.json', 'the log'].filter((name) => !isNamed(killed, name)),
    ).toEqual([]);
    expect(scan(killed, sought)).toEqual([]);
    hub = await HubProcess.start({ directory, port: doors.port, flags: FLAGS });
    const later = await hub.text('/metrics');
    expect(await hub.stop()).toBe(0);
    expect(scan(placesOf(later), sought)).toEqual([]);
    expect(scan(rowsOf(join(directory, DATABASE)), sought)).toEqual([]);
    console.log(`${String(sought.length)} secrets, ${String(doors.answers.length)} answers`);
  }, 600_000);

  it('SCAN-3 the scan finds what is planted, in the log, the database, the WAL and in any form', async () => {
    const copy = join(directory, 'copy');
    await hub.kill();
    const files = filesOf(directory);
    mkdirSync(copy);
    for (const { name, bytes } of files) writeFileSync(join(copy, name), bytes);
    const token =
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJsdWN5In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const sought = [
      ...secret('pin', PINS.right),
      ...secret('card', VISA),
      ...secret('token', token),
    ];
    expect(scan(filesOf(copy), sought)).toEqual([]);
    const database = new Database(join(copy, DATABASE));
    database.pragma('wal_autocheckpoint = 0');
    database.prepare(`UPDATE staff SET name = ? WHERE id = 'lucy'`).run(`Lucy ${PINS.right}`);
    expect(scan(filesOf(copy), sought)).toEqual([`pin …217 in ${WAL} (utf-8)`]);
    database.close();
    expect(scan(filesOf(copy), sought)).toEqual([`pin …217 in ${DATABASE} (utf-8)`]);
    expect(scan(rowsOf(join(copy, DATABASE)), sought)).toEqual(['pin …217 in table staff (utf-8)']);
    const log = join(copy, 'the log');
    writeFileSync(log, hub.output);
    appendFileSync(log, `{"msg":"paid with ${VISA}"}\n`);
    const found = scan([{ name: 'the log', bytes: readFileSync(log) }], sought);
    expect(found).toEqual([`card …${VISA.slice(-3)} in the log (utf-8)`]);
    for (const form of ['hex', 'base64', 'base64url', 'utf16le'] as const) {
      for (const before of ['', 'a', 'ab']) {
        const written =
          form === 'utf16le'
            ? Buffer.from(`${before}${token}!`, form)
            : Buffer.from(Buffer.from(`${before}${token}!`).toString(form));
        expect(scan([{ name: 'x', bytes: written }], sought), form).not.toEqual([]);
      }
    }
  });
});
