/** A hub that is killed with kill -9 under the traffic of clients that come back by themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { compareWithSnapshots } from '../../src/server/cli/replay/comparison.js';
import { freePort, HubProcess, runCommand } from '../support/hub-process.js';
import { checkDatabase } from './crash/checker.js';
import { seededRandom } from './crash/random.js';
import { KitchenTraffic, TillTraffic } from './traffic/evening.js';
import { TrafficRecord } from './traffic/record.js';
import { Tap } from './traffic/tap.js';

const { SEED } = process.env;
const seed = SEED === undefined ? Date.now() % 1_000_000 : Number(SEED);
/** A kill comes so long after traffic began, at most. */
const KILL_MS = 400;
/** Orders there before the first kill: catching up is smaller than starting over. */
const ORDERS_BEFORE = 60;
const FOLLOWED = ['main/orders', 'main/kitchen', 'main/menu'];

let directory: string;
let clients: Client[];
let hub: HubProcess;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-served-'));
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

interface Evening {
  readonly record: TrafficRecord;
  readonly tills: readonly TillTraffic[];
  readonly kitchen: KitchenTraffic;
  readonly screen: Client;
  readonly tap: Tap;
  readonly witness: Client;
}

async function beginEvening(): Promise<Evening> {
  const record = new TrafficRecord();
  const tap = new Tap();
  const connect = (options: Parameters<HubProcess['client']>[0]): Client => {
    const client = hub.client(options);
    clients.push(client);
    return client;
  };
  const manager = connect({ role: 'manager' });
  await record.give(manager, 'shift.open', { opening_float: 0 });
  const tills = [
    new TillTraffic(manager, record),
    new TillTraffic(connect({ role: 'cashier', encoding: 'json' }), record),
  ];
  await Promise.all(Array.from({ length: ORDERS_BEFORE }, () => tills[0]!.serve()));
  const screen = connect({ role: 'cashier', socket: tap.socket });
  await Promise.all(FOLLOWED.map((channel) => screen.subscribe(channel).ready));
  const cook = connect({ role: 'kitchen' });
  const shown = cook.subscribe('main/kitchen');
  await shown.ready;
  return {
    ...{ record, tills, screen, tap },
    kitchen: new KitchenTraffic(cook, shown, record),
    witness: connect({ role: 'manager' }),
  };
}

/** Kills at random moments and starts again; gives how many commands were in flight at each kill. */
async function killUnderTraffic(
  evening: Evening,
  { kills, flags }: { readonly kills: number; readonly flags: readonly string[] },
): Promise<number[]> {
  const random = seededRandom(seed);
  const port = Number(new URL(hub.url).port);
  const running = evening.tills.map((till) => till.run(8));
  const inFlight: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * KILL_MS));
    await hub.kill();
    inFlight.push(evening.record.pending.size);
    hub = await HubProcess.start({ directory, port, flags });
    await Promise.all(clients.map((client) => client.whenLive()));
  }
  for (const till of evening.tills) till.stop();
  await Promise.all(running);
  await evening.kitchen.idle();
  return inFlight;
}

async function expectAllOnce({ record, tills, screen, witness }: Evening): Promise<void> {
  const replicas = FOLLOWED.map((channel) => screen.subscribe(channel));
  const { differences, rows } = await compareWithSnapshots(replicas, witness);
  expect(differences).toEqual([]);
  expect(rows).toBeGreaterThan(ORDERS_BEFORE);
  for (const { orderId, lineIds, paymentId } of tills.flatMap((till) => till.rungUp)) {
    const { lines, payments } = await witness.query('order.get', { order_id: orderId });
    expect(lines.map(({ id }) => id).sort()).toEqual([...lineIds].sort());
    expect(payments.map(({ id }) => id)).toEqual(paymentId === null ? [] : [paymentId]);
  }
  expect(record.pending.size).toBe(0);
  // A till races the kitchen for nothing here; the kitchen's own bumps may meet a header's change.
  expect([...record.refused.values()].filter((code) => code !== 'version_conflict')).toEqual([]);
  for (const client of clients) client.close();
  expect(await hub.stop()).toBe(0);
  const path = join(directory, 'expeditor.db');
  expect(checkDatabase(path, 'main', record.acknowledged).findings).toEqual([]);
  expect(runCommand(['verify', '--data', directory])).toMatchObject({ code: 0 });
}

async function serveEvening(flags: readonly string[]): Promise<Evening> {
  console.log(`SEED=${seed}`);
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo', ...flags] });
  return beginEvening();
}

describe('a hub that is killed under traffic', () => {
  it('E-CRASH-2 I1 I2 I4 answers every command once, with its key; clients come back by delta', async () => {
    const kills = 3;
    const evening = await serveEvening([]);
    const inFlight = await killUnderTraffic(evening, { kills, flags: [] });
    await expectAllOnce(evening);
    expect(Math.max(...inFlight)).toBeGreaterThan(0);
    expect(new Set(evening.tap.epochs).size).toBe(1);
    expect(evening.tap.beginnings('main/orders')).toEqual(['snapshot', ...back(kills)]);
    expect(evening.tap.beginnings('main/menu')).toEqual(['snapshot', ...back(kills)]);
  });

  it('E-CRASH-3 I1 with durability normal an unclean end begins a new epoch, and clients start over', async () => {
    const flags = ['--durability', 'normal'];
    const evening = await serveEvening(flags);
    await killUnderTraffic(evening, { kills: 1, flags });
    await expectAllOnce(evening);
    const { epochs } = evening.tap;
    expect(epochs).toHaveLength(2);
    expect(epochs[1]).not.toBe(epochs[0]);
    expect(evening.tap.beginnings('main/orders')).toEqual(['snapshot', 'snapshot']);
  });
});

function back(times: number): string[] {
  return Array.from({ length: times }, () => 'snapshot:delta');
}
