/** The rush hour of one restaurant, and a hundred times that: how long a till waits, and how soon the kitchen's last screen shows it. */
import { HubProcess } from '../hub/hub-process.js';
import type { ProbeReport } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { Arrival } from '../load/last-arrivals.js';
import type { Acknowledged, LoadReport } from '../load/tills.js';
import { deliveries } from '../measure/deliveries.js';
import { fsyncMs } from '../measure/fsync.js';
import { atMost } from '../measure/goals.js';
import type { LatencySummary } from '../measure/latency.js';
import type { CpuTimes } from '../measure/process-figures.js';
import type { Bench, Figure, LinePlot, Result, Scenario } from '../scenario.js';

const TILLS = 50;
const SCREENS = 10;
const SCREENS_CHECKING = 2;
/** Of the seeds' restaurant at its busiest. */
const RUSH_HOUR_PER_SECOND = 10;
const HUNDREDFOLD_PER_SECOND = 1_000;
const RATES = [RUSH_HOUR_PER_SECOND, HUNDREDFOLD_PER_SECOND] as const;
type Rate = (typeof RATES)[number];

const SECONDS: Readonly<Record<Rate, { readonly quick: number; readonly whole: number }>> = {
  10: { quick: 8, whole: 30 },
  1_000: { quick: 3, whole: 10 },
};
const WARM_UP_SECONDS = 0.5;

/** What a cook sees. The rest of an order's life is the tills' own affair. */
const SHOWN_IN_KITCHEN = new Set(['order.send', 'kitchen.set_status']);

interface Run {
  readonly load: LoadReport;
  /** From the acknowledgement to the last of the kitchen's screens. */
  readonly toKitchen: LatencySummary;
  /** From the acknowledgement to the last of the tills. */
  readonly toTills: LatencySummary;
  readonly probe: ProbeReport;
  readonly wallMs: number;
  readonly hub: CpuTimes;
  readonly tillsMs: number;
  readonly screensMs: number;
}

interface Parts {
  readonly hub: HubProcess;
  readonly tills: Generator;
  readonly screens: Generator;
}

async function open({ hub, tills, screens }: Parts): Promise<void> {
  const { port, directory } = hub;
  await screens.call('screens.open', {
    port,
    tokens: await signTokens(directory, { role: 'kitchen', count: SCREENS }),
    view: 'kitchen',
    checking: SCREENS_CHECKING,
    timed: true,
  });
  await tills.call('tills.open', {
    port,
    tokens: await signTokens(directory, { role: 'manager', count: TILLS }),
    work: ['as in life'],
    ordersPrepared: 0,
    follow: 'orders',
  });
}

async function loadAt(rate: Rate, parts: Parts, quick: boolean): Promise<Omit<Run, ToScreens>> {
  const { hub, tills, screens } = parts;
  const clocks = { hub: hub.cpu(), tills: tills.cpu(), screens: screens.cpu() };
  const from = performance.now();
  hub.startProbe();
  const load = await tills.call('tills.steadyRate', {
    work: 'as in life',
    perSecond: rate,
    seconds: SECONDS[rate][quick ? 'quick' : 'whole'],
    warmUpSeconds: WARM_UP_SECONDS,
    keepAcknowledged: true,
  });
  return {
    load,
    wallMs: performance.now() - from,
    probe: await hub.stopProbe(),
    hub: clocks.hub.elapsed(),
    tillsMs: clocks.tills.elapsed().totalMs,
    screensMs: clocks.screens.elapsed().totalMs,
  };
}

type ToScreens = 'toKitchen' | 'toTills';

/** Both rates against one hub, then every copy that was checked against a fresh snapshot. */
async function run(bench: Bench): Promise<ReadonlyMap<Rate, Run>> {
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory: bench.directory(), profileDirectory });
  const parts = { hub, tills: await Generator.start(), screens: await Generator.start() };
  try {
    await open(parts);
    const loads = new Map<Rate, Omit<Run, ToScreens>>();
    // The hundredfold first: a hub in its rush hour has been at work all day, and what it does often is compiled.
    for (const rate of RATES.toReversed()) loads.set(rate, await loadAt(rate, parts, bench.quick));
    const arrivals = await arrivalsOf(parts);
    return new Map(
      [...loads].map(([rate, load]) => [rate, { ...load, ...joined(load, arrivals) }]),
    );
  } finally {
    await Promise.all([parts.tills.stop(), parts.screens.stop()]);
    await hub.stop();
  }
}

interface Arrivals {
  readonly kitchen: readonly Arrival[];
  readonly tills: readonly Arrival[];
}

/** Throws where somebody was told something wrong. */
async function arrivalsOf({ tills, screens }: Parts): Promise<Arrivals> {
  const followed = await tills.call('tills.followed');
  const differences = await screens.call('screens.check');
  const reports = await screens.call('screens.report');
  const faults = [
    ...followed.faults,
    ...differences,
    ...reports.flatMap(({ faults: told }) => told),
  ];
  if (followed.deliveries !== TILLS * followed.lastArrivals.length) {
    faults.push('a till was not told everything');
  }
  if (faults.length > 0) throw new Error(`wrong: ${faults.join('; ')}`);
  return {
    kitchen: reports.flatMap(({ lastArrivals }) => lastArrivals),
    tills: followed.lastArrivals,
  };
}

function joined({ load }: Omit<Run, ToScreens>, arrivals: Arrivals): Pick<Run, ToScreens> {
  const shown = load.acknowledged.filter(([, , command]: Acknowledged) =>
    SHOWN_IN_KITCHEN.has(command),
  );
  return {
    toKitchen: deliveries(shown, arrivals.kitchen).summary(),
    toTills: deliveries(load.acknowledged, arrivals.tills).summary(),
  };
}

function figuresOf(rate: Rate, runs: readonly Run[], fsync: number): Figure[] {
  const name = (what: string): string => `${rate} a second: ${what}`;
  const promised = rate === RUSH_HOUR_PER_SECOND;
  const withinFsync = `3 ms + one fsync (${fsync.toFixed(2)} ms)`;
  const share = (what: string, of: (run: Run) => number): Figure => ({
    kind: 'value',
    name: name(`CPU of ${what}`),
    unit: '% of a core',
    values: runs.map((each) => (100 * of(each)) / each.wallMs),
  });
  return [
    {
      kind: 'latency',
      name: name('acknowledged after'),
      unit: 'ms',
      summaries: runs.map(({ load }) => load.latency),
      ...(promised && { goals: { p99: atMost(3 + fsync, withinFsync, 'on this machine') } }),
    },
    {
      kind: 'latency',
      name: name("from there to the kitchen's last screen"),
      unit: 'ms',
      summaries: runs.map(({ toKitchen }) => toKitchen),
      ...(promised && { goals: { p99: atMost(2, '2 ms', 'on this machine') } }),
    },
    {
      kind: 'latency',
      name: name('from there to the last till'),
      unit: 'ms',
      summaries: runs.map(({ toTills }) => toTills),
    },
    {
      kind: 'value',
      name: name("the hub's event-loop delay, p99"),
      unit: 'ms',
      values: runs.map(({ probe }) => probe.eventLoopDelay.p99),
    },
    share('the whole hub', ({ hub }) => hub.totalMs),
    share("the hub's event loop", ({ hub }) => hub.mainMs),
    share('the tills', ({ tillsMs }) => tillsMs),
    share('the screens', ({ screensMs }) => screensMs),
  ];
}

function plotOf(runs: ReadonlyMap<Rate, readonly Run[]>): LinePlot {
  const series = [...runs].flatMap(([rate, of]) => {
    const newest = of.at(-1);
    if (newest === undefined) return [];
    return [
      { name: `${rate} a second: acknowledged`, points: newest.load.latency.curve },
      { name: `${rate} a second: from there to the last screen`, points: newest.toKitchen.curve },
    ];
  });
  return {
    kind: 'line',
    title: 'Rush hour',
    x: 'one command in',
    y: 'ms',
    logX: true,
    logY: true,
    series,
  };
}

export const rush: Scenario = {
  name: 'rush',
  says: '50 tills and 10 kitchen screens at rush hour, and at a hundred times that.',
  async run(bench): Promise<Result> {
    const fsync = fsyncMs(bench.directory());
    const runs = new Map<Rate, Run[]>();
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(repetition / bench.repetitions, `repetition ${repetition + 1}`);
      for (const [rate, measured] of await run(bench)) {
        runs.set(rate, [...(runs.get(rate) ?? []), measured]);
      }
    }
    return {
      figures: [...runs].flatMap(([rate, of]) => figuresOf(rate, of, fsync)),
      plots: [plotOf(runs)],
      notes: [
        `One fsync of a page takes ${fsync.toFixed(2)} ms here (median of 200).`,
        'Commands leave by a schedule; latency is from the moment at which each was due. 64 orders are under way: opened, sent, a line added, sent, cooked line by line, served, paid, closed.',
        `The tills follow every order, the screens the kitchen; one till and ${SCREENS_CHECKING} screens decode everything and equal a fresh snapshot at the end, the others count.`,
        'Delivery is counted from the moment at which the till has its acknowledgement; a delta that was everywhere before that counts as 0.',
      ],
    };
  },
};
