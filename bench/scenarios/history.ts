/** Reports over years of a branch while the hub is under load, and what they cost the commands of others. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { openStore, seedBranch } from '../hub/branches.js';
import { makeHistory } from '../hub/history.js';
import { HubProcess } from '../hub/hub-process.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import { REPORT_KINDS, ReportAsker, type Dates } from '../load/reports.js';
import { Till } from '../load/till.js';
import type { LoadReport } from '../load/tills.js';
import { atMost } from '../measure/goals.js';
import { interleave, type Measured } from '../measure/interleave.js';
import type { Latencies, LatencySummary } from '../measure/latency.js';
import { ratios } from '../measure/spread.js';
import type { Bench, Figure, Result, Scenario } from '../scenario.js';

const LOAD_BRANCH = 'bench-load';
const TILLS = 20;
/** Twenty times the rush hour of a restaurant. */
const PER_SECOND = 200;
const REPORT_EVERY_MS = 100;
const WARM_UP_SECONDS = 0.5;
/** The hub moves nothing into segments meanwhile: that is another scenario's. */
const FLAGS = ['--archive-after-hours', '87600'];

const SIDES = ['without reports', 'with reports'] as const;
type Side = (typeof SIDES)[number];

interface Past extends Dates {
  readonly directory: string;
  readonly branchId: string;
  readonly days: number;
  readonly orders: number;
}

interface Run {
  readonly load: LoadReport;
  readonly loopDelayMs: number;
  /** By kind; empty without reports. */
  readonly reports: ReadonlyMap<string, LatencySummary>;
}

async function pastOf(bench: Bench): Promise<Past> {
  const directory = bench.data ?? join(bench.directory(), 'data');
  if (bench.data === null) {
    const closedShifts = bench.quick ? 120 : 365;
    const progress = (done: number): void => {
      bench.progress(done / 2, 'making a history');
    };
    await makeHistory({
      directory,
      events: closedShifts * 60,
      hotOrders: 0,
      closedShifts,
      progress,
    });
  }
  const store = await openStore(directory);
  try {
    const branches = await store.load();
    if (!branches.some(({ branch }) => branch.id === LOAD_BRANCH)) {
      await seedBranch(store, LOAD_BRANCH);
    }
  } finally {
    await store.close();
  }
  return { directory, ...longest(directory) };
}

/** Of the branch with the most business dates. */
function longest(directory: string): Omit<Past, 'directory'> {
  const database = new Database(join(directory, 'expeditor.db'), { readonly: true });
  try {
    const found = database
      .prepare<[], Omit<Past, 'directory'>>(
        `SELECT branch_id AS branchId, min(business_date) AS first, max(business_date) AS last,
           count(*) AS days, sum(orders) AS orders FROM day_summary GROUP BY branch_id ORDER BY days DESC`,
      )
      .get();
    if (found === undefined) throw new Error('no shift of this directory was ever closed');
    return found;
  } finally {
    database.close();
  }
}

class HistoryRig {
  readonly #hub: HubProcess;
  readonly #tills: Generator;
  readonly #till: Till;
  readonly #asker: ReportAsker;

  private constructor(hub: HubProcess, tills: Generator, till: Till, past: Past) {
    this.#hub = hub;
    this.#tills = tills;
    this.#till = till;
    this.#asker = new ReportAsker(till, past);
  }

  static async start(past: Past, { profileDirectory }: Bench): Promise<HistoryRig> {
    const { directory, branchId } = past;
    const hub = await HubProcess.start({ directory, flags: FLAGS, profileDirectory });
    const tills = await Generator.start();
    const { port } = hub;
    const manager = { role: 'manager', count: 1 } as const;
    const [token = ''] = await signTokens(directory, { ...manager, branch: branchId });
    const till = await Till.open(port, token, branchId);
    await tills.call('tills.open', {
      ...{ port, branchId: LOAD_BRANCH, work: ['as in life'], ordersPrepared: 0 },
      tokens: await signTokens(directory, { ...manager, count: TILLS, branch: LOAD_BRANCH }),
    });
    return new HistoryRig(hub, tills, till, past);
  }

  /** Of the first summary of everything; throws where its orders are not those of the days. */
  async first(orders: number): Promise<number> {
    const [summary] = REPORT_KINDS;
    if (summary === undefined) throw new Error('there are reports');
    const [answer, ms] = await this.#asker.whole(summary);
    const { totals } = answer as { readonly totals: { readonly orders: number } };
    if (totals.orders !== orders) {
      throw new Error(`the summary has ${totals.orders} orders, the days have ${orders}`);
    }
    return ms;
  }

  async measure(side: Side, seconds: number): Promise<Run> {
    let over = false;
    this.#hub.startProbe();
    const loading = this.#tills
      .call('tills.steadyRate', {
        ...{ work: 'as in life', perSecond: PER_SECOND, seconds, warmUpSeconds: WARM_UP_SECONDS },
        keepAcknowledged: false,
      })
      .finally(() => {
        over = true;
      });
    const asking =
      side === 'with reports'
        ? this.#asker.steadily(REPORT_EVERY_MS, () => over)
        : Promise.resolve(new Map<string, Latencies>());
    const [load, latencies] = await Promise.all([loading, asking]);
    const { eventLoopDelay } = await this.#hub.stopProbe();
    const reports = new Map([...latencies].map(([title, of]) => [title, of.summary()] as const));
    return { load, loopDelayMs: eventLoopDelay.p99, reports };
  }

  async stop(): Promise<void> {
    this.#till.close();
    await this.#tills.stop();
    await this.#hub.stop();
  }
}

function figuresOf(measured: Measured<Side, Run>, firstMs: number): Figure[] {
  const p95 = (side: Side) => measured[side].map(({ load }) => load.latency.p95);
  return [
    ...REPORT_KINDS.map(({ title }): Figure => ({
      ...{ kind: 'latency', name: title, unit: 'ms' },
      summaries: measured['with reports'].flatMap(({ reports }) => reports.get(title) ?? []),
      goals: { p95: atMost(50, '50 ms', 'on this machine') },
    })),
    {
      ...{ kind: 'value', name: 'the first summary of everything after the start', unit: 'ms' },
      values: [firstMs],
    },
    ...SIDES.map((side): Figure => ({
      ...{ kind: 'latency', name: `a command is acknowledged, ${side}`, unit: 'ms' },
      summaries: measured[side].map(({ load }) => load.latency),
    })),
    {
      ...{ kind: 'value', name: 'p95 of commands with reports over without', unit: '×' },
      values: ratios(p95('with reports'), p95('without reports')),
    },
    ...SIDES.map((side): Figure => ({
      ...{ kind: 'value', name: `the hub's event-loop delay, p99, ${side}`, unit: 'ms' },
      values: measured[side].map(({ loopDelayMs }) => loopDelayMs),
    })),
  ];
}

export const history: Scenario = {
  name: 'history',
  says: 'Every report over a history, ten a second, while another branch of the hub is under load.',
  async run(bench): Promise<Result> {
    const past = await pastOf(bench);
    const seconds = bench.quick ? 8 : 25;
    const rig = await HistoryRig.start(past, bench);
    try {
      const firstMs = await rig.first(past.orders);
      const measured = await interleave(SIDES, bench.repetitions, (side, repetition) => {
        bench.progress(0.5 + repetition / bench.repetitions / 2, side);
        return rig.measure(side, seconds);
      });
      return {
        figures: figuresOf(measured, firstMs),
        plots: [],
        notes: [
          `${past.days} business dates with ${past.orders} orders, from ${past.first} to ${past.last}${bench.data === null ? ', made for this run: give --data for a busy branch' : ''}.`,
          `${PER_SECOND} commands a second of ${TILLS} tills, as in life, in a branch of their own. Reports over WebSocket, one every ${REPORT_EVERY_MS} ms, of all dates, a year, a quarter, a month, a week and a day in turn.`,
        ],
      };
    } finally {
      await rig.stop();
    }
  },
};
