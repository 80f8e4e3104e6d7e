/** `expeditor erase`: takes names and notes out of finished orders where no hub runs; a hub that runs does it over HTTP. */
import { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { systemRandom, uuidV7Source } from '../../base/ids.js';
import { eraseOrders, type ErasureReport } from '../../hub/erasure.js';
import type { Hub } from '../../hub/hub.js';
import type { Store } from '../../store/port.js';
import { compactDatabase } from '../../store/sqlite/compact.js';
import type { FoundPerson, Upkeep } from '../../store/upkeep.js';
import { OperatorError } from '../operator-error.js';
import { openOfflineHub } from './offline-hub.js';
import { openOfflineStore } from './offline-store.js';
import { addSettings, configFrom } from './setting-options.js';

interface Options {
  readonly branch: string;
  readonly order?: string;
  readonly customer?: string;
  readonly dryRun?: true;
  readonly compact: boolean;
}

const KINDS = ['customer_name', 'note'] as const;
const ORDERS_MAX = 100_000;
/** Who it was, in the history. */
const ACTOR = { staffId: 'operator', deviceId: 'command-line', role: 'admin' } as const;

const BACKUPS =
  'backups made before, and replicas, keep it all until they are removed; make a new one and remove those';

export function eraseCommand(): Command {
  const command = new Command('erase').description(
    'erase the guest’s name and all notes of finished orders; money, items and the history stay',
  );
  command.option('--branch <ID>', 'the restaurant', 'main');
  command.option('--order <ID>', 'one order');
  command.option('--customer <NAME>', 'every finished order of this name, whatever its case');
  command.option('--dry-run', 'only say which orders there are');
  command.option(
    '--no-compact',
    'leave the database file as it is: its free space may still hold what was erased',
  );
  return addSettings(command, ['data']).action(erase);
}

/** With neither an order nor a name the file is compacted alone: for what a running hub has erased. */
async function erase(options: Options & Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  if (options.order !== undefined && options.customer !== undefined) {
    throw new OperatorError('erase', 'both --order and --customer are given', 'give one of them');
  }
  if (options.order !== undefined || options.customer !== undefined) {
    const store = await openOfflineStore('erase', config.data);
    try {
      say(await carryOut(store, options));
    } finally {
      await store.close();
    }
  }
  if (options.dryRun === true || !options.compact) return;
  compactDatabase(config.data);
  say(['the database file was written anew, without what its free space held', BACKUPS]);
}

async function carryOut(store: Store, options: Options): Promise<string[]> {
  const { upkeep } = store;
  if (upkeep === null) throw new Error('an engine on a disk has upkeep');
  const hub = await openOfflineHub(store);
  try {
    const orders = await wantedOrders(store, upkeep, options);
    const named = orders.map(nameOf);
    if (options.dryRun === true) return [...named, `${orders.length} orders, nothing was erased`];
    const newId = uuidV7Source(systemClock, systemRandom);
    const needs = { hub: branchOf(hub, options.branch), upkeep, newId };
    const wanted = { orders, kinds: KINDS, actor: ACTOR, correlationId: null };
    return described(await eraseOrders(needs, wanted));
  } finally {
    await hub.drain();
  }
}

function branchOf(hub: Hub, id: string) {
  const branch = hub.branches.get(id);
  if (branch !== undefined) return branch.hub;
  const known = [...hub.branches.keys()].join(', ');
  throw new OperatorError('erase', `there is no branch ${id}`, `there are: ${known}`);
}

async function wantedOrders(
  store: Store,
  upkeep: Upkeep,
  { branch: branchId, order: orderId, customer: customerName }: Options,
): Promise<readonly FoundPerson[]> {
  if (orderId === undefined) {
    return upkeep.searchPersonal({ branchId, customerName, kinds: KINDS, limit: ORDERS_MAX });
  }
  const order = await store.order(branchId, orderId);
  if (order === null) {
    const hint = 'give the id of an order, and --branch';
    throw new OperatorError('erase', `there is no order ${orderId} in branch ${branchId}`, hint);
  }
  const { number, business_date: businessDate, status, stations } = order.header;
  const isFinished = (status === 'closed' || status === 'voided') && stations.length === 0;
  return [{ orderId, number, businessDate, isFinished }];
}

function nameOf({ orderId, number, businessDate, isFinished }: FoundPerson): string {
  const more = isFinished ? '' : ', still worked on: it stays';
  return `order ${number} of ${businessDate} (${orderId})${more}`;
}

function described({ erased, refused, clear_in_events: clear }: ErasureReport): string[] {
  if (refused.length > 0) process.exitCode = 1;
  const old =
    clear === 0
      ? []
      : [
          `${clear} values stand in clear text in events of an older release, which are never altered: they stay`,
        ];
  return [
    ...refused.map(({ reason, business_date: date }) => `not erased: ${reason} (${date})`),
    `erased: names and notes of ${erased} orders`,
    ...old,
  ];
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
