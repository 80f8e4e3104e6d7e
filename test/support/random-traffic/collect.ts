/** Asks the hub for everything, as a manager of each branch may: fresh snapshots, every order, every shift's report. */
import type { ViewName } from '../../../src/protocol/messages.js';
import type {
  BranchRecords,
  ChannelState,
  OrderRecord,
  Row,
  ShiftRecord,
} from '../checkers/evidence.js';
import { ackedCommits } from '../checkers/commits.js';
import type { HubClient } from '../hub-client.js';
import { TRAFFIC_BRANCHES, trafficSeed } from './menu.js';
import type { Sending } from './journal.js';
import type { FollowedView } from './participant.js';
import type { Restaurant } from './restaurant.js';

const PAGE = 200;

export async function collectRecords(
  restaurant: Restaurant,
): Promise<ReadonlyMap<string, BranchRecords>> {
  const auditors = await Promise.all(
    TRAFFIC_BRANCHES.map((branchId) =>
      restaurant.hub.client({
        role: 'manager',
        branchId,
        name: `${branchId}-auditor`,
        deviceId: `${branchId}-auditor-device`,
      }),
    ),
  );
  // What their arrival changes is told before the snapshots are asked for; from here on no time passes.
  await restaurant.calm();
  const collected = new Map<string, BranchRecords>();
  const { sendings } = restaurant.journal;
  for (const auditor of auditors) {
    const { branchId } = auditor;
    const views = restaurant.inBranch(branchId).flatMap(({ post }) => post.views);
    collected.set(branchId, await recordsOf({ auditor, views, sendings }));
  }
  for (const auditor of auditors) auditor.cut();
  return collected;
}

interface Asked {
  /** A manager, whose branch is told. */
  readonly auditor: HubClient;
  /** The channels whose snapshots are wanted. */
  readonly views: readonly FollowedView[];
  /** Their answers name the shifts. */
  readonly sendings: readonly Sending[];
}

export async function recordsOf({ auditor, views, sendings }: Asked): Promise<BranchRecords> {
  const { branchId } = auditor;
  const channels = await snapshots(auditor, views);
  const versions = [...channels]
    .filter(([name]) => !name.endsWith('/devices'))
    .map(([, { version }]) => version);
  return {
    seed: trafficSeed(branchId),
    version: Math.max(...versions),
    orders: await orders(auditor),
    shifts: await shifts(auditor, sendings),
    channels,
  };
}

async function snapshots(
  auditor: HubClient,
  views: readonly FollowedView[],
): Promise<ReadonlyMap<string, ChannelState>> {
  const channels = new Map<string, ChannelState>();
  for (const { view, station } of views) {
    const name = [auditor.branchId, view, ...(station === undefined ? [] : [station])].join('/');
    if (channels.has(name)) continue;
    const state = await snapshot(auditor, view, station);
    channels.set(name, state);
  }
  return channels;
}

async function snapshot(
  auditor: HubClient,
  view: ViewName,
  station: string | undefined,
): Promise<ChannelState> {
  const reply = await auditor.subscribe(view, { ...(station !== undefined && { station }) });
  if (reply.type !== 'snapshot') throw new Error(`no snapshot of ${view}: ${reply.type}`);
  const tables = Object.entries(reply.tables).map(
    ([table, rows]) =>
      [table, new Map((rows as readonly Row[]).map((row) => [row.id, row]))] as const,
  );
  return { epoch: reply.epoch, version: reply.version, tables: new Map(tables) };
}

async function ask(auditor: HubClient, name: string, params: object): Promise<unknown> {
  const reply = await auditor.query(name, params);
  if (reply.type !== 'result') throw new Error(`${name}: ${reply.code} ${reply.message}`);
  return reply.result;
}

async function orders(auditor: HubClient): Promise<readonly OrderRecord[]> {
  const found: OrderRecord[] = [];
  let cursor: string | null = null;
  do {
    const params: object = { limit: PAGE, ...(cursor !== null && { cursor }) };
    const page = (await ask(auditor, 'order.list', params)) as {
      readonly orders: readonly Row[];
      readonly cursor: string | null;
    };
    for (const { id } of page.orders) {
      found.push((await ask(auditor, 'order.get', { order_id: id })) as OrderRecord);
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

async function shifts(
  auditor: HubClient,
  sendings: readonly Sending[],
): Promise<readonly ShiftRecord[]> {
  const commits = ackedCommits(sendings, auditor.branchId);
  const ids = new Set(commits.flatMap(({ records }) => Object.keys(records['pos_shift'] ?? {})));
  const open = auditor.rows(`${auditor.branchId}/shift`, 'pos_shift')[0]?.id;
  const found: ShiftRecord[] = [];
  for (const id of ids) {
    const kind = id === open ? 'x' : 'z';
    const answer = (await ask(auditor, 'shift.report', { shift_id: id, kind })) as {
      readonly report: ShiftRecord['report'];
      readonly z_number: number | null;
    };
    found.push({ id, report: answer.report, zNumber: answer.z_number });
  }
  return found;
}
