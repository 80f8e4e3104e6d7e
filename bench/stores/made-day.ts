/**
 * A day of the demo restaurant, played in memory by the domain's own commands: a menu, an open shift, and orders that were
 * updated five times each. What stores are filled with, and what a history of whole orders is made of.
 */
import { systemClock, type Clock } from '#dist/base/clock.js';
import { systemRandom, uuidV7Source } from '#dist/base/ids.js';
import { silentLog } from '#dist/base/log.js';
import { recordVersions, type ChangeSet, type RowChange } from '#dist/domain/change-set.js';
import type { CommandDefinition } from '#dist/domain/command.js';
import { COMMANDS } from '#dist/domain/registry.js';
import type { AnyRow, OrderAggregate, TableName } from '#dist/domain/rows.js';
import { NO_COLD_RECORDS, StateView } from '#dist/hub/branch/state-view.js';
import { loadOrSeed } from '#dist/server/seeding.js';
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { createMemoryStore } from '#dist/store/memory/memory-store.js';
import type { CommitOutcome, CommitRequest, LoadedBranch, Store } from '#dist/store/port.js';

export const BRANCH = 'main';

/** Of three stations. */
const ITEMS = ['halloumi', 'lentil-soup', 'onion-rings'] as const;
const ORDERS_A_COMMIT = 100;
/** Coprime to the number of orders, so that those in the kitchen lie scattered over the day. */
const SCATTER = 37;

export interface MadeOrder {
  readonly id: string;
  readonly inKitchen: boolean;
  /** The order as it stood after each update, five of them. */
  readonly updates: readonly OrderAggregate[];
}

export interface MadeDay {
  /** Branch, stations, menu, staff and the open shift. */
  readonly ground: LoadedBranch;
  readonly orders: readonly MadeOrder[];
}

type CommandGiven = readonly [name: keyof typeof COMMANDS, payload: Record<string, unknown>];

/** Decides commands on a branch in memory and takes over what they change, as if it were committed. */
class Rehearsal {
  readonly hot: HotBranch;
  readonly #newId = uuidV7Source(systemClock, systemRandom);
  #lastNumber = 0;

  constructor(ground: LoadedBranch) {
    this.hot = new HotBranch(ground);
  }

  play([name, payload]: CommandGiven): ChangeSet {
    const definition: CommandDefinition = COMMANDS[name];
    const decision = definition.decide(
      new StateView(this.hot, NO_COLD_RECORDS, () => []),
      payload,
      {
        now: systemClock.now(),
        actor: { staffId: 'bench', deviceId: 'bench', role: 'manager' },
        clientAt: null,
        newId: this.#newId,
        takeNumbers: (count) => (this.#lastNumber += count) - count + 1,
      },
    );
    if (decision.kind !== 'change') throw new Error(`${name} came to: ${JSON.stringify(decision)}`);
    this.hot.apply(decision.changeSet, this.hot.version + 1, []);
    return decision.changeSet;
  }

  newId(): string {
    return this.#newId();
  }
}

/** `inKitchen` orders of them are on the kitchen's screens, the others are closed. */
export async function makeDay(orders: number, inKitchen: number): Promise<MadeDay> {
  const seeded = await demoBranch(systemClock);
  const rehearsal = new Rehearsal(seeded);
  const shift = rehearsal.play(['shift.open', { opening_float: 0 }]);
  const shiftRows = shift.map(({ table, after: row }) => ({ table, row, commitVersion: 0 }));
  const ground = { ...seeded, version: 0, rows: [...seeded.rows, ...shiftRows] };
  const made = Array.from({ length: orders }, (_, index) =>
    playOrder(rehearsal, (index * SCATTER) % orders < inKitchen),
  );
  return { ground, orders: made };
}

async function demoBranch(clock: Clock): Promise<LoadedBranch> {
  const nextTick = (run: () => void): void => void setImmediate(run);
  const store = createMemoryStore({ clock, newId: uuidV7Source(clock, systemRandom), nextTick });
  const loaded = await loadOrSeed({ store, demo: true, clock, log: silentLog });
  const branch = loaded.find(({ branch: { id } }) => id === BRANCH);
  if (branch === undefined) throw new Error(`the demo has a branch ${BRANCH}`);
  return branch;
}

function playOrder(rehearsal: Rehearsal, inKitchen: boolean): MadeOrder {
  const id = rehearsal.newId();
  const lines = ITEMS.map((item) => ({ line_id: rehearsal.newId(), item_id: item, qty: 1 }));
  const named = { order_id: id };
  const step = (status: string): CommandGiven => [
    'kitchen.set_status',
    { ...named, line_ids: lines.map(({ line_id }) => line_id), status },
  ];
  const updates: OrderAggregate[] = [];
  const play = (command: CommandGiven): OrderAggregate => {
    rehearsal.play(command);
    const order = rehearsal.hot.orders.get(id);
    if (order === undefined) throw new Error('an order of the open shift is hot');
    updates.push(order);
    return order;
  };
  play(['order.open', { ...named, order_type: 'takeaway', lines }]);
  if (inKitchen) play(['order.update', { ...named, guests: 2 }]);
  play(['order.send', named]);
  if (inKitchen) {
    play(step('preparing'));
    play(step('ready'));
  } else {
    const { total } = play(step('served')).header;
    play(['payment.add', { ...named, method: 'cash', amount: total }]);
    play(['order.close', named]);
  }
  return { id, inKitchen, updates };
}

/** Every row as new, a hundred orders a commit. */
export async function fillStore(store: Store, { ground, orders }: MadeDay): Promise<void> {
  const newRow = (table: TableName, after: AnyRow): RowChange =>
    ({ table, before: null, after, changes: null }) as RowChange;
  const commits: ChangeSet[] = [ground.rows.map(({ table, row }) => newRow(table, row))];
  for (let from = 0; from < orders.length; from += ORDERS_A_COMMIT) {
    const latest = orders
      .slice(from, from + ORDERS_A_COMMIT)
      .flatMap(({ updates }) => updates.slice(-1));
    commits.push([
      ...latest.map(({ header }) => newRow('order_header', header)),
      ...latest.flatMap(({ lines }) => lines.map((line) => newRow('order_line', line))),
      ...latest.flatMap(({ payments }) => payments.map((row) => newRow('order_payment', row))),
    ]);
  }
  for (const changeSet of commits) {
    const outcome = await commit(store, commitRequest('bench.fill', changeSet));
    if (outcome.kind !== 'committed') throw new Error(`filling came to: ${outcome.kind}`);
  }
}

export function commitRequest(command: string, changeSet: ChangeSet): CommitRequest {
  return {
    branchId: BRANCH,
    key: null,
    requestHash: '',
    command,
    actor: 'bench',
    deviceId: 'bench',
    correlationId: null,
    at: systemClock.now(),
    changeSet,
    result: { records: recordVersions(changeSet) },
    requiresShift: null,
    zNumberOf: null,
    raisesHorizon: false,
  };
}

export function commit(store: Store, request: CommitRequest): Promise<CommitOutcome> {
  return new Promise((settle) => {
    store.commit(request, settle);
  });
}
