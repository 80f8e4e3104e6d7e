/**
 * The real hub with all that a server has, on the memory store. Its ticks begin where a commit ends: the change set goes to the
 * hot records and to the channels, as after an fsync; deciding and storing are not part of a delivery.
 */
import { readConfig, startServer } from '#dist/index.js';
import { silentLog } from '#dist/base/log.js';
import type { ChangeSet } from '#dist/domain/change-set.js';
import { withColumns } from '#dist/domain/row-copy.js';
import type { OrderLine } from '#dist/domain/rows.js';
import type { HubBranch } from '#dist/hub/hub-branch.js';
import { expectAck, newId, Till } from '../load/till.js';
import { SEVERAL, type Broadcaster, type TickLoad } from './broadcaster.js';
import { station } from './stations.js';

/** Heartbeats are a cost of time, not of deliveries, and so they are for the peers: none during a measurement. */
const NEVER_MS = 3_600_000;

/** Lines that take turns, so that each tick changes one that was not changed just before. */
class Kitchen {
  readonly #branch: HubBranch;
  /** By station. */
  readonly #lineIds: readonly (readonly string[])[];
  #turn = 0;

  constructor(branch: HubBranch, lineIds: readonly (readonly string[])[]) {
    this.#branch = branch;
    this.#lineIds = lineIds;
  }

  tick(load: TickLoad): void {
    this.#turn += 1;
    switch (load) {
      case 'one a tick':
        this.#bump(0, this.#turn);
        break;
      case 'several a tick':
        for (let at = 0; at < SEVERAL; at += 1) this.#bump(at, this.#turn);
        break;
      case 'several of one channel':
        for (let nth = 0; nth < SEVERAL; nth += 1) this.#bump(0, nth);
        break;
    }
  }

  #bump(at: number, nth: number): void {
    const { tables } = this.#branch.hub.hot;
    const ids = this.#lineIds[at] ?? [];
    const before = tables.order_line.get(ids[nth % ids.length] ?? '');
    if (before === undefined) throw new Error('a line is gone');
    commit(this.#branch, [changeOf(before, step(before))]);
  }
}

function step({ status, started_at }: OrderLine): Partial<OrderLine> {
  const now = Date.now();
  return status === 'preparing'
    ? { status: 'ready', ready_at: now }
    : { status: 'preparing', started_at: started_at ?? now, ready_at: null };
}

function changeOf(before: OrderLine, changed: Partial<OrderLine>): ChangeSet[number] {
  const changes = { ...changed, updated_at: Date.now(), version: before.version + 1 };
  return {
    table: 'order_line',
    before,
    after: withColumns('order_line', before, changes),
    changes,
  };
}

/** As the hub does when the store has settled a commit. */
function commit({ hub: { hot }, channels }: HubBranch, changeSet: ChangeSet): void {
  const version = hot.version + 1;
  hot.apply(changeSet, version, []);
  channels.committed(changeSet, version);
}

/** An order of sixteen lines for each station, through the front door. */
async function openOrders(till: Till): Promise<{ orderId: string; lineIds: string[] }[]> {
  const give = async (name: string, payload: Readonly<Record<string, unknown>>): Promise<void> => {
    const command = { name, payload };
    expectAck(command, await till.give(command));
  };
  await give('shift.open', { opening_float: 0 });
  const orders: { orderId: string; lineIds: string[] }[] = [];
  for (let at = 0; at < SEVERAL; at += 1) {
    const orderId = newId();
    const lineIds = Array.from({ length: SEVERAL }, () => newId());
    const lines = lineIds.map((line_id) => ({ line_id, item_id: 'halloumi', qty: 1 }));
    await give('order.open', { order_id: orderId, order_type: 'takeaway', lines });
    await give('order.send', { order_id: orderId });
    orders.push({ orderId, lineIds });
  }
  return orders;
}

function moveTo({ hub: { hot } }: HubBranch, orderId: string, to: string): ChangeSet {
  const order = hot.orders.get(orderId);
  if (order === undefined) throw new Error('an order is gone');
  const { header, lines } = order;
  const changes = { stations: [to], version: header.version + 1 };
  return [
    { table: 'order_header', before: header, after: { ...header, ...changes }, changes },
    ...lines.map((line) => changeOf(line, { station: to, status: 'preparing' })),
  ];
}

export async function openHubSide(directory: string): Promise<Broadcaster> {
  const { config } = readConfig({
    flags: { data: directory, port: '0', demo: 'true', store: 'memory', logLevel: 'warn' },
    environment: {},
    envFile: {},
  });
  const limits = { heartbeatMs: NEVER_MS, silenceMaxMs: NEVER_MS, deltaIntervalMs: 0 };
  const server = await startServer(config, { log: silentLog, limits });
  // Wider than the door of a hub: its branches, as its sessions know them.
  const { branches } = server.hub as unknown as { branches: ReadonlyMap<string, HubBranch> };
  const branch = branches.get('main');
  if (branch === undefined) throw new Error('no branch');
  const port = Number(new URL(server.url).port);
  const principal = { id: 'till', name: 'till', role: 'manager', branch_id: 'main' } as const;
  const token = await server.tokens.sign({ ...principal, device_id: 'till' }, NEVER_MS / 1_000);
  const till = await Till.open(port, token);
  const orders = await openOrders(till);
  till.close();
  // The store knows nothing of what follows, so no command may come after it.
  for (const [at, { orderId }] of orders.entries()) {
    commit(branch, moveTo(branch, orderId, station(at)));
  }
  const kitchen = new Kitchen(
    branch,
    orders.map(({ lineIds }) => lineIds),
  );
  return {
    port,
    tick: (load) => {
      kitchen.tick(load);
    },
  };
}
