/** Everybody is cut off at once while work goes on, and comes back at once: how long until all are live and equal, and at what cost. */
import { HubProcess, pause } from '../hub/hub-process.js';
import type { ProbeReport } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import type { CatchUpBytes } from '../load/catch-up-bytes.js';
import { Generator } from '../load/generator.js';
import type { StormReport } from '../load/storm.js';
import type { LoadReport } from '../load/tills.js';
import { atLeast, atMost } from '../measure/goals.js';
import type { CpuTimes } from '../measure/process-figures.js';
import type { Bench, Figure, LinePlot, Result, Scenario, ValueFigure } from '../scenario.js';

const SIZES = [60, 500, 2_000] as const;
type Size = (typeof SIZES)[number];
const PROMISED: Size = 2_000;

const TILLS = 8;
const ORDERS = 1_000;
const CHECKING = 3;
const UPDATES_PER_SECOND = 200;
/** The work goes on for so long, cut included. */
const WORK_SECONDS_QUICK = 3;
const WORK_SECONDS = 8;
const BEFORE_THE_CUT_MS = 1_000;

interface Run {
  readonly storm: StormReport;
  /** Of the hub, from the cut until everybody was equal. */
  readonly probe: ProbeReport;
  readonly wallMs: number;
  readonly hub: CpuTimes;
  readonly clientsMs: number;
  readonly load: LoadReport;
}

interface Parts {
  readonly hub: HubProcess;
  readonly tills: Generator;
  readonly clients: Generator;
}

async function open(bench: Bench): Promise<Parts> {
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory: bench.directory(), profileDirectory });
  const parts = { hub, tills: await Generator.start(), clients: await Generator.start() };
  try {
    const { port, directory } = hub;
    const tokens = await signTokens(directory, { role: 'manager', count: TILLS });
    const work = ['small updates'] as const;
    await parts.tills.call('tills.open', { port, tokens, work, ordersPrepared: ORDERS });
    return parts;
  } catch (error) {
    await stop(parts);
    throw error;
  }
}

async function stop({ hub, tills, clients }: Parts): Promise<void> {
  await Promise.all([tills.stop(), clients.stop()]);
  await hub.stop();
}

async function cut(size: Size, { hub, tills, clients }: Parts, quick: boolean): Promise<Run> {
  const { port, directory } = hub;
  const tokens = await signTokens(directory, { role: 'cashier', count: size });
  await clients.call('storm.open', { port, tokens, view: 'orders', checking: CHECKING });
  const working = tills.call('tills.steadyRate', {
    work: 'small updates',
    perSecond: UPDATES_PER_SECOND,
    seconds: quick ? WORK_SECONDS_QUICK : WORK_SECONDS,
    warmUpSeconds: 0,
    keepAcknowledged: false,
  });
  const cutting = async (): Promise<Omit<Run, 'load'>> => {
    await pause(BEFORE_THE_CUT_MS);
    const clocks = { hub: hub.cpu(), clients: clients.cpu() };
    const from = performance.now();
    hub.startProbe();
    const storm = await clients.call('storm.cut');
    return {
      storm,
      wallMs: performance.now() - from,
      probe: await hub.stopProbe(),
      hub: clocks.hub.elapsed(),
      clientsMs: clocks.clients.elapsed().totalMs,
    };
  };
  const [load, storm] = await Promise.all([working, cutting()]);
  const faults = await clients.call('storm.check');
  await clients.call('storm.close');
  if (faults.length > 0) throw new Error(`after the storm: ${faults.join('; ')}`);
  return { ...storm, load };
}

async function run(bench: Bench): Promise<ReadonlyMap<Size, Run>> {
  const parts = await open(bench);
  try {
    const runs = new Map<Size, Run>();
    for (const size of SIZES) runs.set(size, await cut(size, parts, bench.quick));
    return runs;
  } finally {
    await stop(parts);
  }
}

/** On a hub of its own, where nothing else changes rows. */
async function bytesAfterOnePercent(bench: Bench): Promise<readonly CatchUpBytes[]> {
  const parts = await open(bench);
  try {
    const { port, directory } = parts.hub;
    const [token = ''] = await signTokens(directory, { role: 'manager', count: 1, prefix: 'back' });
    return await parts.clients.call('catchUp.bytes', { port, token });
  } finally {
    await stop(parts);
  }
}

function figuresOf(size: Size, runs: readonly Run[]): Figure[] {
  const promised = size === PROMISED;
  const value = (what: string, unit: string, of: (run: Run) => number): ValueFigure => ({
    kind: 'value',
    name: `${size.toLocaleString('en')} clients: ${what}`,
    unit,
    values: runs.map(of),
  });
  const equal = value('all live and equal after', 'ms', ({ storm }) => storm.allEqualMs);
  const share = value('back by catch-up, of all', '%', ({ storm }) => {
    return (100 * storm.byCatchUp) / (storm.byCatchUp + storm.bySnapshot);
  });
  const delay = value("the hub's event-loop delay, p99", 'ms', ({ probe }) => {
    return probe.eventLoopDelay.p99;
  });
  return [
    { ...equal, ...(promised && { goal: atMost(5_000, '5 s', 'on this machine') }) },
    value('the last is live after', 'ms', ({ storm }) => storm.allLiveMs),
    { ...share, ...(promised && { goal: atLeast(99, '99 %', 'everywhere') }) },
    { ...delay, ...(promised && { goal: atMost(100, '100 ms', 'on this machine') }) },
    value("the hub's event-loop delay, longest", 'ms', ({ probe }) => probe.eventLoopDelay.max),
    value('bytes each until live', 'bytes', ({ storm }) => storm.bytesEach),
    value('a snapshot instead', 'bytes', ({ storm }) => storm.snapshotBytes),
    {
      kind: 'latency',
      name: `${size.toLocaleString('en')} clients: tills acknowledged meanwhile after`,
      unit: 'ms',
      summaries: runs.map(({ load }) => load.latency),
    },
    value("CPU of the hub's event loop a client", 'ms', ({ hub }) => hub.mainMs / size),
    value('CPU of the whole hub', '% of a core', (each) => (100 * each.hub.totalMs) / each.wallMs),
    value('CPU of the clients', '% of a core', (each) => (100 * each.clientsMs) / each.wallMs),
  ];
}

function byteFigures(measured: readonly CatchUpBytes[]): Figure[] {
  return measured.map(({ encoding, catchUpBytes, snapshotBytes }) => ({
    kind: 'value',
    name: `back after 1 % of the rows changed, bytes of a snapshot's (${encoding})`,
    unit: '%',
    values: [(100 * catchUpBytes) / snapshotBytes],
    goal: atMost(2, '2 %', 'everywhere'),
  }));
}

function plotOf(runs: ReadonlyMap<Size, readonly Run[]>): LinePlot {
  const series = [...runs].flatMap(([size, of]) => {
    const newest = of.at(-1);
    if (newest === undefined) return [];
    return [{ name: `${size.toLocaleString('en')} clients`, points: newest.storm.live.curve }];
  });
  return {
    kind: 'line',
    title: 'Live again after the cut',
    x: 'one client in',
    y: 'ms',
    logX: true,
    logY: true,
    series,
  };
}

function notesOf(bytes: readonly CatchUpBytes[]): string[] {
  const counted = bytes.map(
    ({ encoding, rows, rowsChanged, catchUpBytes, snapshotBytes }) =>
      `${encoding}: ${rowsChanged} of ${rows.toLocaleString('en')} rows in ${catchUpBytes.toLocaleString('en')} bytes, all in ${snapshotBytes.toLocaleString('en')}`,
  );
  return [
    `Everybody follows all ${ORDERS.toLocaleString('en')} orders of five lines while ${UPDATES_PER_SECOND} small updates a second go on. All sockets are destroyed in one turn and all connect again in the next, without the client's jitter: the worst case. Each upgrade, hello (its token is verified) and subscribe with \`since\` is part of it.`,
    `Equal: holding at least the version that the last one was given; ${CHECKING} clients hold a whole copy across the cut, which equals a fresh snapshot at the end, and all end at its version.`,
    `Before the first cut, clients other than those say that they hold the version of the first one's snapshot, so that it is not sent to each.`,
    `One per cent, by count: ${counted.join('; ')}.`,
  ];
}

export const reconnect: Scenario = {
  name: 'reconnect',
  says: '60, 500 and 2,000 clients cut at once while work goes on, all back at once.',
  async run(bench): Promise<Result> {
    const bytes = await bytesAfterOnePercent(bench);
    const runs = new Map<Size, Run[]>();
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress((repetition + 0.1) / bench.repetitions, `repetition ${repetition + 1}`);
      for (const [size, measured] of await run(bench)) {
        runs.set(size, [...(runs.get(size) ?? []), measured]);
      }
    }
    return {
      figures: [...[...runs].flatMap(([size, of]) => figuresOf(size, of)), ...byteFigures(bytes)],
      plots: [plotOf(runs)],
      notes: notesOf(bytes),
    };
  },
};
