/** The real hub on a disk that fails, and on one that is full. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { failingDisk, healDisk } from '../support/failing-disk.js';
import { freePort, HubProcess, runCommand } from '../support/hub-process.js';
import { SmallDisk } from '../support/small-disk.js';
import { checkDatabase } from './crash/checker.js';
import { TillTraffic } from './traffic/evening.js';
import { TrafficRecord } from './traffic/record.js';
import { Tap } from './traffic/tap.js';

/** The fsync calls that a writer's thread has before the disk fails: too few to recover with. */
const SPARED = 2;
const IN_FLIGHT = 40;
const GAP_MS = 5;
const HEARTBEAT = ['--heartbeat-ms', '200'];
const ORDER = { order_type: 'takeaway', lines: [{ item_id: 'hummus', qty: 1 }] } as const;

let root: string;
let directory: string;
let hub: HubProcess;
let clients: Client[];
let record: TrafficRecord;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'expeditor-disk-'));
  directory = join(root, 'data');
  clients = [];
  record = new TrafficRecord();
});

afterEach(async () => {
  for (const client of clients) client.close();
  await hub.kill();
  rmSync(root, { recursive: true, force: true });
});

function connect(tap?: Tap): Client {
  const client = hub.client({
    role: 'manager',
    ...(tap === undefined ? {} : { socket: tap.socket }),
  });
  clients.push(client);
  return client;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await pause(50);
  }
  throw new Error(`it did not come about:\n${hub.output}`);
}

/** A hub with an open shift and some orders, killed: the next start writes nothing, and so needs no fsync. */
async function prepare(): Promise<void> {
  execFileSync('strace', ['--version']);
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
  const manager = connect();
  await record.give(manager, 'shift.open', { opening_float: 0 });
  const till = new TillTraffic(manager, record);
  await Promise.all(Array.from({ length: 20 }, () => till.serve()));
  await hub.kill();
  for (const client of clients.splice(0)) client.close();
}

interface Broken {
  readonly till: Client;
  readonly tap: Tap;
  /** What was in flight when the disk failed; it ends when all of it has its answers. */
  readonly answered: Promise<unknown>;
}

async function breakUnderLoad(): Promise<Broken> {
  await prepare();
  const port = await freePort();
  hub = await HubProcess.start({
    directory,
    port,
    flags: HEARTBEAT,
    under: failingDisk(SPARED, root),
  });
  const tap = new Tap();
  const till = connect(tap);
  await till.whenLive();
  const orders = Array.from({ length: IN_FLIGHT }, async (_, index) => {
    await pause(index * GAP_MS);
    return record.give(till, 'order.open', { ...ORDER, lines: [...ORDER.lines] }, { retryMs: 0 });
  });
  const answered = Promise.all(orders);
  // Where a test fails before it waits for this, its clients are closed under way.
  answered.catch(() => undefined);
  await pause(IN_FLIGHT * GAP_MS);
  await until(async () => (await hub.get('/readyz')) === 503);
  return { till, tap, answered };
}

/** All that was said, against the database of the hub after an orderly stop. */
async function expectSettled(): Promise<void> {
  expect(record.pending.size).toBe(0);
  for (const client of clients) client.close();
  expect(await hub.stop()).toBe(0);
  const path = join(directory, 'expeditor.db');
  const { findings, keys } = checkDatabase(path, 'main', record.acknowledged);
  expect(findings).toEqual([]);
  // What was refused is not there.
  expect(keys).toBe(record.acknowledged.length);
  expect(runCommand(['verify', '--data', directory])).toMatchObject({ code: 0 });
}

describe('a disk that fails', () => {
  it('E-DISK-1 I1 I2 holds back every answer until the key is settled, while reads go on', async () => {
    const { till, tap, answered } = await breakUnderLoad();
    const other = connect();
    const refused = await other
      .command('order.open', { ...ORDER, lines: [...ORDER.lines] }, { key: 'later', retryMs: 0 })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'storage_unavailable', retryable: true });
    const orders = other.subscribe('main/orders');
    await orders.ready;
    const [orderId = ''] = orders.tables.get('order_header')?.keys() ?? [];
    const found = await till.query('order.get', { order_id: orderId });
    expect(found.header.id).toBe(orderId);
    // What came after the failure is refused by now; the rest was in flight.
    const held = [...record.pending];
    expect(held.length).toBeGreaterThan(0);
    const [{ received }] = tap.connections as [Tap['connections'][number]];
    const heartbeats = (): number => received.filter(({ type }) => type === 'heartbeat').length;
    const before = heartbeats();
    await until(() => heartbeats() > before + 3);
    expect(await hub.get('/readyz')).toBe(503);
    expect(await hub.get('/healthz')).toBe(200);
    expect(held.filter((key) => !record.pending.has(key))).toEqual([]);

    healDisk(hub.pid);
    await answered;
    await until(() => hub.isReady());
    expect(tap.connections).toHaveLength(1);
    await record.give(till, 'order.open', { ...ORDER, lines: [...ORDER.lines] });
    expect(new Set(record.refused.values())).toEqual(new Set(['storage_unavailable']));
    await expectSettled();
  });

  it('E-DISK-2 I2 closes with 1012 what has no answer after 10 s; asked again, each has one effect', async () => {
    const { till, tap, answered } = await breakUnderLoad();
    const [first] = tap.connections as [Tap['connections'][number]];
    const from = Date.now();
    await until(() => first.closed !== null);
    expect(first.closed).toBe(1012);
    expect(Date.now() - from).toBeGreaterThan(8_000);
    // The client comes back and asks again; the answer is held back until the disk is well.
    healDisk(hub.pid);
    await answered;
    await till.whenLive();
    expect(tap.connections.length).toBeGreaterThan(1);
    await expectSettled();
  });
});

describe('a disk that is full', () => {
  it('E-DISK-3 refuses commands and goes on reading; with room again it takes them', async () => {
    const disk = SmallDisk.mount(directory, 24);
    try {
      hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
      const manager = connect();
      await record.give(manager, 'shift.open', { opening_float: 0 });
      const till = new TillTraffic(manager, record);
      await till.serve();
      disk.fill();
      const codes = new Set<string>();
      await until(async () => {
        await record.give(
          manager,
          'order.open',
          { ...ORDER, lines: [...ORDER.lines] },
          { retryMs: 0 },
        );
        for (const code of record.refused.values()) codes.add(code);
        return record.refused.size >= 5;
      });
      expect(codes).toEqual(new Set(['storage_unavailable']));
      const orders = connect().subscribe('main/orders');
      await orders.ready;
      const { orderId } = till.rungUp[0]!;
      expect((await manager.query('order.get', { order_id: orderId })).header.id).toBe(orderId);
      expect(orders.tables.get('order_header')?.has(orderId)).toBe(true);
      disk.makeRoom();
      await till.serve();
      expect(till.rungUp).toHaveLength(2);
      await expectSettled();
    } finally {
      await hub.kill();
      disk.unmount();
    }
  });
});
