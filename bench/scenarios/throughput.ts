/** Durable commands a second, with sixty screens that get everything; what group commit is worth, and what the fsync costs. */
import { slowDiskCommand } from '../hub/slow-disk.js';
import type { HubOptions } from '../hub/hub-process.js';
import type { ProbeReport } from '../hub/probe.js';
import type { LoadReport, WorkKind } from '../load/tills.js';
import { fsyncMs } from '../measure/fsync.js';
import { atLeast, atMost } from '../measure/goals.js';
import type { Point } from '../measure/latency.js';
import { interleave, type Measured } from '../measure/interleave.js';
import { Rig, type RigCpu } from '../measure/rig.js';
import { median, ratios } from '../measure/spread.js';
import type {
  Bench,
  Figure,
  LatencyFigure,
  Plot,
  Result,
  Scenario,
  ValueFigure,
} from '../scenario.js';

const SCREENS = 60;
const TILLS = 8;
const OUTSTANDING = [1, 8, 64, 256] as const;
/** With a slow fsync and one commit a command, more would take longer to prepare than to measure. */
const ORDERS_OF_COMPARISONS = 100;

interface Run {
  readonly load: LoadReport;
  readonly cpu: RigCpu;
  readonly probe: ProbeReport;
}

type Load = `${number} outstanding` | 'as in life, 64 outstanding';

type Comparison =
  | 'group commit'
  | 'one commit a command'
  | 'no fsync'
  | 'slow fsync'
  | 'slow fsync, one commit a command';

async function run(
  rig: Rig,
  bench: Bench,
  how: { work: WorkKind; outstanding: number },
): Promise<Run> {
  const seconds = bench.quick ? 2 : 8;
  const warmUpSeconds = bench.quick ? 0.5 : 2;
  rig.hub.startProbe();
  const [load, cpu] = await rig.measured(() =>
    rig.tills.call('tills.closedLoop', { ...how, seconds, warmUpSeconds }),
  );
  return { load, cpu, probe: await rig.hub.stopProbe() };
}

/** One hub, every load. */
async function runLoads(bench: Bench): Promise<Map<Load, Run>> {
  const work = ['small updates', 'as in life'] as const;
  const { profileDirectory } = bench;
  const hub = { directory: bench.directory(), profileDirectory };
  const rig = await Rig.start({ hub, tills: TILLS, work, screens: SCREENS });
  try {
    const runs = new Map<Load, Run>();
    for (const outstanding of OUTSTANDING) {
      const name = `${outstanding} outstanding` as const;
      runs.set(name, await run(rig, bench, { work: 'small updates', outstanding }));
    }
    const inLife = await run(rig, bench, { work: 'as in life', outstanding: 64 });
    runs.set('as in life, 64 outstanding', inLife);
    await rig.checkScreens();
    return runs;
  } finally {
    await rig.stop();
  }
}

/** 64 outstanding small updates against a hub of this kind. */
async function runComparison(bench: Bench, hub: Omit<HubOptions, 'directory'>): Promise<number> {
  const rig = await Rig.start({
    hub: { ...hub, directory: bench.directory() },
    tills: TILLS,
    work: ['small updates'],
    ordersPrepared: ORDERS_OF_COMPARISONS,
    screens: SCREENS,
  });
  try {
    const { load } = await run(rig, bench, { work: 'small updates', outstanding: 64 });
    return load.commands / load.seconds;
  } finally {
    await rig.stop();
  }
}

function hubsToCompare(
  slowDisk: readonly string[] | null,
): Map<Comparison, Omit<HubOptions, 'directory'>> {
  const hubs = new Map<Comparison, Omit<HubOptions, 'directory'>>([
    ['group commit', {}],
    ['one commit a command', { oneCommit: true }],
    ['no fsync', { flags: ['--durability', 'normal'] }],
  ]);
  if (slowDisk !== null) {
    hubs.set('slow fsync', { under: slowDisk });
    hubs.set('slow fsync, one commit a command', { under: slowDisk, oneCommit: true });
  }
  return hubs;
}

function figuresOf(load: Load, runs: readonly Run[], fsync: number): Figure[] {
  const rates = runs.map(({ load: { commands, seconds } }) => commands / seconds);
  const is64 = load === '64 outstanding';
  const rate: Figure = {
    kind: 'value',
    name: load,
    unit: '/s',
    values: rates,
    ...(is64 && { goal: atLeast(12_000, '12,000 /s', 'on this machine') }),
  };
  const summaries = runs.map(({ load: { latency } }) => latency);
  const acknowledged: LatencyFigure = {
    kind: 'latency',
    name: `${load}: acknowledged after`,
    unit: 'ms',
    summaries,
    ...(is64 && { goals: { p99: atMost(10, '10 ms', 'on this machine') } }),
    ...(load === '1 outstanding' && {
      goals: {
        p50: atMost(0.5 + fsync, `0.5 ms + one fsync (${fsync.toFixed(2)} ms)`, 'on this machine'),
      },
    }),
  };
  return [rate, acknowledged, ...(is64 ? figuresOf64(runs) : [])];
}

function figuresOf64(runs: readonly Run[]): Figure[] {
  const share = (name: string, of: (cpu: RigCpu) => number): Figure => ({
    kind: 'value',
    name: `64 outstanding: ${name}`,
    unit: '% of a core',
    values: runs.map(({ cpu }) => (100 * of(cpu)) / cpu.wallMs),
  });
  const perCommand = (name: string, of: (cpu: RigCpu) => number): Figure => ({
    kind: 'value',
    name: `64 outstanding: ${name}`,
    unit: 'µs',
    values: runs.map(
      ({ cpu, load }) => (1_000 * of(cpu)) / ((load.commands * cpu.wallMs) / 1_000 / load.seconds),
    ),
  });
  return [
    {
      kind: 'value',
      name: "64 outstanding: the hub's event-loop delay, p99",
      unit: 'ms',
      values: runs.map(({ probe }) => probe.eventLoopDelay.p99),
      goal: atMost(10, '10 ms', 'on this machine'),
    },
    share("CPU of the hub's event loop", ({ hub }) => hub.mainMs),
    share("CPU of the hub's writer", ({ hub }) => hub.secondMs),
    share('CPU of the whole hub', ({ hub }) => hub.totalMs),
    share('CPU of the tills', ({ tillsMs }) => tillsMs),
    share('CPU of the screens', ({ screensMs }) => screensMs),
    perCommand('event loop, CPU a command', ({ hub }) => hub.mainMs),
    perCommand('writer, CPU a command', ({ hub }) => hub.secondMs),
  ];
}

function comparisonFigures(
  measured: Measured<Comparison, number>,
  ran: ReadonlySet<Comparison>,
): Figure[] {
  const figures: Figure[] = [...ran].map((side) => ({
    kind: 'value',
    name: `64 outstanding, ${side}`,
    unit: '/s',
    values: measured[side],
    ...(side === 'slow fsync' && { goal: atLeast(4_000, '4,000 /s', 'on this machine') }),
  }));
  const ratio = (name: string, over: Comparison, under: Comparison): ValueFigure => ({
    kind: 'value',
    name,
    unit: '×',
    values: ratios(measured[over], measured[under]),
  });
  figures.push(
    ratio('group commit over one commit a command', 'group commit', 'one commit a command'),
    ratio('no fsync over group commit', 'no fsync', 'group commit'),
  );
  if (!ran.has('slow fsync')) return figures;
  const slow = ratio(
    'group commit over one commit a command, slow fsync',
    'slow fsync',
    'slow fsync, one commit a command',
  );
  // Where a command's own work takes three times what it takes on the machine of the figures, that and not the sync is the bound.
  const goal = { ...atLeast(20, '20 ×', 'everywhere'), knownShort: 10 };
  return [...figures, { ...slow, goal }];
}

function plotsOf(runs: ReadonlyMap<Load, readonly Run[]>): Plot[] {
  const last = [...runs].flatMap(([load, of]) => {
    const newest = of.at(-1);
    return newest === undefined ? [] : [{ load, newest }];
  });
  return [
    {
      kind: 'line',
      title: 'Acknowledged after',
      x: 'one command in',
      y: 'ms',
      logX: true,
      logY: true,
      series: last.map(({ load, newest }) => ({ name: load, points: newest.load.latency.curve })),
    },
    {
      kind: 'line',
      title: 'Commands a second over time',
      x: 'seconds',
      y: 'commands a second',
      series: last.map(({ load, newest }) => ({
        name: load,
        points: newest.load.perTenth.map((count, tenth): Point => [tenth / 10, count * 10]),
      })),
    },
  ];
}

export const throughput: Scenario = {
  name: 'throughput',
  says: 'Durable commands a second while 60 screens get every change.',
  async run(bench): Promise<Result> {
    const fsync = fsyncMs(bench.directory());
    const runs = new Map<Load, Run[]>();
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(repetition / bench.repetitions / 2, `loads, repetition ${repetition + 1}`);
      for (const [load, of] of await runLoads(bench)) {
        runs.set(load, [...(runs.get(load) ?? []), of]);
      }
    }
    const slowDisk = slowDiskCommand();
    const hubs = hubsToCompare(slowDisk);
    const sides = [...hubs.keys()];
    const measured = await interleave(sides, bench.repetitions, (side, repetition) => {
      bench.progress(0.5 + repetition / bench.repetitions / 2, side);
      return runComparison(bench, hubs.get(side) ?? {});
    });
    return {
      figures: [
        ...[...runs].flatMap(([load, of]) => figuresOf(load, of, fsync)),
        ...comparisonFigures(measured, new Set(sides)),
      ],
      plots: plotsOf(runs),
      notes: [
        `One fsync of a page takes ${fsync.toFixed(2)} ms here (median of 200).`,
        `Small update: one line one step further in the kitchen, with its expected version. As in life: orders opened, sent, added to, cooked line by line, served, paid and closed, each at another step.`,
        ...(slowDisk === null ? ['The slow disk needs strace, which is not here: left out.'] : []),
        `Median at 64 outstanding: ${Math.round(median((runs.get('64 outstanding') ?? []).map(({ load }) => load.commands / load.seconds))).toLocaleString('en')} a second; the moonshot is 25,000.`,
      ],
    };
  },
};
