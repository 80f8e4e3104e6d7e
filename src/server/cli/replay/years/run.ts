/** A replay of made-up years: from the files to a history in a hub of its own, and to its reconciliation. */
import type { HubBranch } from '../../../../hub/hub-branch.js';
import { OperatorError } from '../../../operator-error.js';
import { Connections } from '../connections.js';
import { readMenu, readOrders, type FileText } from '../csv.js';
import { Ledger } from '../ledger.js';
import { MenuKeeper } from '../menu-keeper.js';
import { makePlan, type Plan } from '../plan.js';
import { openProgress, type Output, type Progress } from '../progress.js';
import { openOwnStage, type OwnStage, type StageOptions } from '../stage.js';
import type { ZReport } from '../z-reports.js';
import { Counter, type CounterCounts } from './counter.js';
import { figuresOf, playDay } from './day.js';
import { History } from './history.js';
import { reconcileDay } from './reconcile.js';

export interface YearsOptions {
  readonly orders: FileText;
  readonly menu: FileText;
  readonly days: number;
  readonly linesPerDay: number;
  readonly seed: number;
  readonly stage: Omit<StageOptions, 'url' | 'token'>;
  readonly output: Output;
}

export interface YearsResult {
  readonly days: number;
  /** Of these, days that an earlier run had closed. */
  readonly daysThereAlready: number;
  readonly orders: number;
  readonly lines: number;
  /** What the drawn orders come to, in pence. */
  readonly total: number;
  /** Rising; they should come to the same. */
  readonly zReports: readonly ZReport[];
  readonly faults: readonly string[];
  readonly counts: CounterCounts;
  readonly playedMs: number;
  /** Resident memory after the first month and at the end, in bytes. */
  readonly memory: { readonly first: number; readonly last: number };
}

/** The recorded restaurant's: the files say nothing of it. */
const ZONE = 'Europe/London';
const CUTOFF_HOUR = 4;
const FIRST_DAYS = 30;

export async function runYears(options: YearsOptions): Promise<YearsResult> {
  const branchId = options.stage.branch;
  const where = { branchId, zone: ZONE, cutoffHour: CUTOFF_HOUR };
  const rows = readOrders(options.orders, ZONE);
  const plan = makePlan(readMenu(options.menu), rows, { ...where, selection: {} });
  const history = new History(plan, { ...where, ...options });
  const stage = await openOwnStage(options.stage);
  options.output.write(`Making ${options.days} days on ${stage.description}\n`);
  const connections = new Connections(stage.door);
  try {
    return await play(history, { stage, connections, plan, output: options.output });
  } finally {
    connections.close();
    await stage.close();
  }
}

interface Playing {
  readonly stage: OwnStage;
  readonly connections: Connections;
  readonly plan: Plan;
  readonly output: Output;
}

async function play(history: History, playing: Playing): Promise<YearsResult> {
  const { stage, output } = playing;
  const branch = stage.server.hub.branches.get(stage.door.branchId);
  if (branch === undefined) throw new OperatorError('--branch', 'the hub has no such branch', '');
  const open = await openDates(history, stage, branch);
  const [first] = open;
  if (first !== undefined) stage.clock.set(history.day(first).opensAt);
  await putMenu(playing);
  const counter = new Counter(branch, stage.clock);
  const begun = performance.now();
  const progress = openProgress(output, history.dates.length, 'days');
  progress.add(history.dates.length - open.length);
  let memory = { first: 0, last: 0 };
  try {
    for (const [index, date] of open.entries()) {
      await playDay(counter, history.day(date));
      if (index < FIRST_DAYS) memory = { ...memory, first: process.memoryUsage.rss() };
      tell(progress, date);
    }
  } finally {
    progress.stop();
  }
  memory = { ...memory, last: process.memoryUsage.rss() };
  const playedMs = performance.now() - begun;
  const daysThereAlready = history.dates.length - open.length;
  const found = await reconcile(history, playing);
  return { ...found, daysThereAlready, counts: counter.counts, playedMs, memory };
}

/** A bar's text a day, elsewhere a line a month. */
function tell(progress: Progress, date: string): void {
  progress.add(1);
  if (date.endsWith('-01')) progress.line(date);
}

/** The days that no earlier run has closed. The data must be of this history alone. */
async function openDates(
  history: History,
  { server }: OwnStage,
  { hub }: HubBranch,
): Promise<readonly string[]> {
  const last = await server.store.shift(hub.id, null);
  const over = last?.shift.business_date ?? '';
  const open = history.dates.filter((date) => date > over);
  const present = hub.hot.shift?.business_date;
  if (present !== undefined && present !== open[0]) {
    const reason = `a shift of ${present} is open there`;
    throw new OperatorError('replay --years', reason, 'give a data directory of its own');
  }
  return open;
}

/** What the files' menu has; what is there already must cost the same. */
async function putMenu({ stage, connections, plan }: Playing): Promise<void> {
  const client = await connections.open({ role: 'manager', device: 'replay-office' });
  const menu = client.subscribe(`${stage.door.branchId}/menu`);
  await menu.ready;
  await new MenuKeeper(client, new Ledger(null), menu).putMissing(plan.items);
  const other = plan.items.find(({ id, pence }) => menu.row('menu_item', id)?.['price'] !== pence);
  client.close();
  if (other === undefined) return;
  const reason = `"${other.name}" has another price there`;
  throw new OperatorError('replay --years', reason, 'give a data directory of its own');
}

type Found = Pick<YearsResult, 'days' | 'orders' | 'lines' | 'total' | 'zReports' | 'faults'>;

async function reconcile(history: History, { connections, output }: Playing): Promise<Found> {
  output.write('Reconciling\n');
  const client = await connections.open({ role: 'manager', device: 'replay-witness' });
  const progress = openProgress(output, history.dates.length, 'days');
  const sums = { days: 0, orders: 0, lines: 0, total: 0 };
  const zReports: ZReport[] = [];
  const faults: string[] = [];
  for (const date of history.dates) {
    const day = history.day(date);
    const { orders, lines, total } = figuresOf(day);
    sums.days += 1;
    sums.orders += orders;
    sums.lines += lines;
    sums.total += total;
    const { zReport, faults: ofDay } = await reconcileDay(client, day);
    if (zReport !== null) zReports.push(zReport);
    faults.push(...ofDay);
    tell(progress, date);
  }
  progress.stop();
  return { ...sums, zReports, faults };
}
