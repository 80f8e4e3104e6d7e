/** SIGTERM under load: nothing that was answered is lost, and nobody keeps the hub from its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { encode } from '../../src/protocol/codec.js';
import type { ClientMessage } from '../../src/protocol/messages.js';
import { clientFrame, dialRaw, JSON_TEXT } from '../server/door.js';
import { freePort, HubProcess, runCommand } from '../support/hub-process.js';
import { checkDatabase } from './crash/checker.js';
import { TrafficRecord } from './traffic/record.js';
import { Tap } from './traffic/tap.js';

const LOADING = 3;
/** Orders that each client opens at a time. */
const AT_ONCE = 12;
const ORDERS_BEFORE = 100;
/** Asked together, until the answers are more than the kernel takes for a reader that never reads. */
const UNREAD_QUERIES = 10;
/** Far more than those who read ever leave, and less than the hub closes such a one for. */
const UNREAD_BYTES = 100_000;
const UNREAD_WAIT_MS = 30_000;
const ORDER = { order_type: 'takeaway', lines: [{ item_id: 'hummus', qty: 1 }] } as const;

let directory: string;
let hub: HubProcess;
let clients: Client[];
let record: TrafficRecord;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-drain-'));
  clients = [];
  record = new TrafficRecord();
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function openOrder(client: Client): Promise<void> {
  const payload = { ...ORDER, lines: [...ORDER.lines] };
  await record.give(client, 'order.open', payload, { retryMs: 0 });
}

/** As fast as the answers come, until the connection ends. */
async function load(client: Client): Promise<void> {
  let connected = true;
  client.onState(({ kind }) => (connected &&= kind === 'live' || kind === 'stale'));
  const worker = async (): Promise<void> => {
    while (connected) await openOrder(client);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

interface Loaded {
  readonly taps: readonly Tap[];
  /** Ends with the clients: some of what they asked for last has no answer. */
  readonly done: Promise<unknown>;
}

async function loadHub(): Promise<Loaded> {
  const taps = Array.from({ length: LOADING }, () => new Tap());
  clients = taps.map(({ socket }) => hub.client({ role: 'manager', socket }));
  const [first] = clients as [Client];
  await record.give(first, 'shift.open', { opening_float: 0 });
  await Promise.all(Array.from({ length: ORDERS_BEFORE }, () => openOrder(first)));
  await Promise.all(clients.map((client) => client.subscribe('main/orders').ready));
  const done = Promise.allSettled(clients.map((client) => load(client)));
  await pause(300);
  return { taps, done };
}

/** What each client was told at the end, and what the database holds of it. */
async function expectOrderly({ taps, done }: Loaded): Promise<void> {
  for (const { connections } of taps) {
    const { received, closed } = connections[0]!;
    expect(closed).toBe(1012);
    const notices = received.filter((message) => message.type === 'notice');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ code: 'draining', retryAfterMs: expect.any(Number) });
  }
  for (const client of clients) client.close();
  await done;
  expect([...new Set(record.refused.values())]).toEqual(['draining']);
  expect(record.acknowledged.length).toBeGreaterThan(ORDERS_BEFORE + LOADING * AT_ONCE);
  const path = join(directory, 'expeditor.db');
  const { findings, keys } = checkDatabase(path, 'main', record.acknowledged);
  expect(findings).toEqual([]);
  // Each key was answered or is absent.
  expect(keys).toBe(record.acknowledged.length);
  expect(runCommand(['verify', '--data', directory])).toMatchObject({ code: 0 });
}

async function outboxBytes(): Promise<number> {
  const [, bytes = '0'] =
    /^expeditor_hub_outbox_bytes (\d+)/m.exec(await hub.text('/metrics')) ?? [];
  return Number(bytes);
}

/** Asks for more than fits before it, and reads none of it. */
async function neverReader(): Promise<Socket> {
  const socket = await dialRaw(Number(new URL(hub.url).port), JSON_TEXT);
  const say = (message: ClientMessage): void => {
    socket.write(clientFrame(0x81, encode(message, 'json')));
  };
  say({ type: 'hello', id: 'h', token: hub.token({ role: 'manager' }) });
  const deadline = Date.now() + UNREAD_WAIT_MS;
  let asked = 0;
  while ((await outboxBytes()) < UNREAD_BYTES) {
    if (Date.now() > deadline) throw new Error('the kernel took every answer');
    for (let query = 0; query < UNREAD_QUERIES; query += 1) {
      const params = { limit: 200 };
      say({ type: 'query', id: `q${asked++}`, name: 'order.list', branchId: 'main', params });
    }
    await pause(100);
  }
  return socket;
}

describe('SIGTERM', () => {
  it('E-DRAIN-1 I1 answers what is in flight, tells every client, and ends with 0', async () => {
    const loaded = await loadHub();
    const from = Date.now();
    expect(await hub.stop()).toBe(0);
    expect(Date.now() - from).toBeLessThan(5_000);
    await expectOrderly(loaded);
  });

  it('E-DRAIN-2 E-DRAIN-1 ends in time also with a client that never reads, not ready meanwhile', async () => {
    const loaded = await loadHub();
    const socket = await neverReader();
    socket.on('error', () => undefined);
    const from = Date.now();
    let code: number | null | undefined;
    const statuses = new Set<number>();
    void hub.stop().then((ended) => (code = ended));
    while (code === undefined) {
      statuses.add(await hub.get('/readyz'));
      await pause(50);
    }
    const tookMs = Date.now() - from;
    socket.destroy();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
    // It did wait for that client.
    expect(tookMs).toBeGreaterThan(2_000);
    expect(statuses).toContain(503);
    await expectOrderly(loaded);
  });
});
