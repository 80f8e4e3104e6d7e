/** A replay from its files to its reconciliation. */
import { systemTimers } from '../../../base/clock.js';
import { Agenda } from './agenda.js';
import { Connections } from './connections.js';
import { assembleCrew, type Crew } from './crew.js';
import { readMenu, readOrders, type FileText } from './csv.js';
import { Director, type Played } from './director.js';
import { Ledger } from './ledger.js';
import { inOneDay, makePlan, type Plan, type PlannedDay, type Selection } from './plan.js';
import { Outage } from './outage.js';
import { openProgress, type Output } from './progress.js';
import { fetchOrders, listOrders, reconcile, type Reconciliation } from './reconciliation.js';
import { openStage, type Stage, type StageOptions } from './stage.js';
import { survey, type Survey } from './survey.js';
import { fetchZReports, type ZReport } from './z-reports.js';

export interface ReplayOptions {
  readonly orders: FileText;
  readonly menu: FileText;
  readonly selection: Selection;
  /** Recorded time for each unit of real time; null: as fast as it goes. */
  readonly speed: number | null;
  readonly tills: number;
  readonly screens: number;
  /** In the middle of each day the tills are cut off for so long, in real milliseconds; absent: never. */
  readonly outageMs?: number;
  /** Where acknowledged keys are written; absent: nowhere. */
  readonly journal?: string;
  readonly stage: StageOptions;
  readonly output: Output;
}

export interface ReplayResult {
  readonly plan: Plan;
  readonly reconciliation: Reconciliation;
  readonly played: Played;
  readonly ledger: Ledger['counts'];
  readonly pricesChanged: number;
  readonly stations: readonly string[];
  readonly screens: number;
  /** Orders of days that an earlier run had finished. */
  readonly ordersThereAlready: number;
  /** Of the shifts that hold the orders. */
  readonly zReports: readonly ZReport[];
}

/** The recorded restaurant's: the files say nothing of it. */
const ZONE = 'Europe/London';
const CUTOFF_HOUR = 4;

export async function runReplay(options: ReplayOptions): Promise<ReplayResult> {
  const { selection, stage: stageOptions } = options;
  const menu = readMenu(options.menu);
  const rows = readOrders(options.orders, ZONE);
  const branchId = stageOptions.branch;
  const dated = makePlan(menu, rows, { branchId, zone: ZONE, cutoffHour: CUTOFF_HOUR, selection });
  const stage = await openStage(stageOptions);
  const ledger = new Ledger(options.journal ?? null);
  try {
    return await playOn(stage, ledger, {
      ...options,
      plan: stage.clock === null ? inOneDay(dated) : dated,
    });
  } finally {
    ledger.close();
    await stage.close();
  }
}

interface Playing extends ReplayOptions {
  readonly plan: Plan;
}

async function playOn(stage: Stage, ledger: Ledger, options: Playing): Promise<ReplayResult> {
  const { plan, output } = options;
  const { door } = stage;
  output.write(`Replaying on ${stage.description}\n`);
  const connections = new Connections(door);
  try {
    const surveyor = await connections.open({ role: 'manager', device: 'replay-surveyor' });
    const days = await survey(surveyor, door.branchId, plan);
    surveyor.close();
    return await playDays(stage, { ...options, ledger, connections, days });
  } finally {
    connections.close();
  }
}

interface Surveyed extends Playing {
  readonly ledger: Ledger;
  readonly connections: Connections;
  readonly days: Survey;
}

async function playDays({ door, clock }: Stage, options: Surveyed): Promise<ReplayResult> {
  const { plan, output, speed, ledger, connections, days } = options;
  const progress = openProgress(output, plan.totals.orders);
  const { outageMs } = options;
  const outage =
    outageMs === undefined ? null : new Outage({ durationMs: outageMs, timers: systemTimers });
  try {
    const ordersThereAlready = countOrders(days.over);
    progress.add(ordersThereAlready);
    if (ordersThereAlready > 0) progress.line(`${ordersThereAlready} orders are there already`);
    const start = (days.open[0] ?? plan.days[0])?.opensAt ?? 0;
    const agenda = new Agenda({ start, speed, clock, timers: systemTimers });
    const onClosed = (): void => {
      progress.add(1);
    };
    const { branchId } = door;
    const crew = await assembleCrew({
      ...options,
      branchId,
      connections,
      agenda,
      onClosed,
      outage,
    });
    const onDay = (day: PlannedDay): void => {
      progress.line(`${day.businessDate}: ${day.orders.length} orders`);
    };
    const say = (line: string): void => {
      progress.line(line);
    };
    const director = new Director({
      ...{ branchId, crew, agenda, ledger, onDay, outage, say },
      timers: systemTimers,
    });
    const played = await director.play(days.open);
    return await conclude(crew, { plan, played, ledger, days });
  } finally {
    progress.stop();
    connections.close();
    await outage?.close();
  }
}

async function conclude(
  crew: Crew,
  parts: {
    readonly plan: Plan;
    readonly played: Played;
    readonly ledger: Ledger;
    readonly days: Survey;
  },
): Promise<ReplayResult> {
  const { plan, played, ledger, days } = parts;
  const stored = await fetchOrders(crew.witness, plan);
  const times = [...stored.values()].map(({ header }) => header.opened_at);
  const listed =
    times.length === 0
      ? []
      : await listOrders(crew.witness, Math.min(...times), Math.max(...times) + 1);
  return {
    plan,
    reconciliation: reconcile(plan, stored, listed),
    played,
    ledger: ledger.counts,
    pricesChanged: crew.menu.pricesChanged,
    stations: crew.stations,
    screens: crew.screens,
    ordersThereAlready: countOrders(days.over),
    zReports: await fetchZReports(crew.witness, stored),
  };
}

function countOrders(days: readonly PlannedDay[]): number {
  return days.reduce((sum, day) => sum + day.orders.length, 0);
}
