/** The seeds' table: a hundred clients and a thousand orders on three engines behind one Store port. */
import { fsyncMs } from '../measure/fsync.js';
import { atMost } from '../measure/goals.js';
import { interleave, type Measured } from '../measure/interleave.js';
import type { LatencySummary } from '../measure/latency.js';
import { median, ratios } from '../measure/spread.js';
import type { Bench, Figure, LatencyFigure, Plot, Result, Scenario } from '../scenario.js';
import { CALLERS, THINK_MS, type CallersReport } from '../stores/callers.js';
import type { EngineReport } from '../stores/child.js';
import { killEngine, measureEngine, type Loss } from '../stores/engine-process.js';
import { ENGINES, type EngineName } from '../stores/engines.js';

const SIZE = { orders: 1_000, inKitchen: 40 };
/** What is lost does not hang on how many orders there are. */
const SIZE_KILLED = { orders: 100, inKitchen: 40 };
const BYTES_PER_MB = 1_000_000;
/** The kill comes at any moment of the second half of this time. */
const WRITING_MS = 800;

type Reports = Measured<EngineName, EngineReport>;
type Losses = Measured<EngineName, Loss>;
type CallerLatency = 'reads' | 'orderReads' | 'kitchenReads' | 'writes';

async function measure(bench: Bench): Promise<Reports> {
  const times = bench.quick
    ? { seconds: 2, warmUpSeconds: 0.5 }
    : { seconds: 15, warmUpSeconds: 3 };
  return interleave(ENGINES, bench.repetitions, (engine, repetition) => {
    bench.progress((0.7 * repetition) / bench.repetitions, engine);
    return measureEngine({ engine, directory: bench.directory() }, { ...SIZE, ...times });
  });
}

async function kill(bench: Bench): Promise<Losses> {
  return interleave(ENGINES, bench.repetitions, (engine, repetition) => {
    bench.progress(0.7 + (0.3 * repetition) / bench.repetitions, `kill -9, ${engine}`);
    const writingMs = WRITING_MS * (0.5 + Math.random() / 2);
    return killEngine({ engine, directory: bench.directory() }, SIZE_KILLED, writingMs);
  });
}

function latencyFigures(reports: Reports, fsync: number): Figure[] {
  const writeGoal = `2 ms + one fsync (${fsync.toFixed(2)} ms)`;
  const figure = (engine: EngineName, what: CallerLatency, words: string): LatencyFigure => ({
    kind: 'latency',
    name: `${engine}: ${words}`,
    unit: 'ms',
    summaries: reports[engine].map(({ callers }) => callers[what]),
  });
  return ENGINES.flatMap((engine): Figure[] => {
    const isOurs = engine === 'hybrid';
    const readGoal = isOurs && { goals: { p95: atMost(0.05, '0.05 ms', 'on this machine') } };
    return [
      figure(engine, 'reads', 'reads'),
      { ...figure(engine, 'orderReads', 'of these, an order with its lines'), ...readGoal },
      { ...figure(engine, 'kitchenReads', "of these, a station's tickets"), ...readGoal },
      {
        ...figure(engine, 'writes', 'writes'),
        ...(isOurs && { goals: { p95: atMost(2 + fsync, writeGoal, 'on this machine') } }),
      },
    ];
  });
}

function sizeFigures(reports: Reports): Figure[] {
  const figure = (engine: EngineName, words: string, of: (report: EngineReport) => number) => ({
    kind: 'value' as const,
    name: `${engine}: ${words}`,
    unit: 'MB',
    values: reports[engine].map((report) => of(report) / BYTES_PER_MB),
  });
  return ENGINES.flatMap((engine): Figure[] => [
    {
      ...figure(engine, 'heap and buffers', ({ heapBytes }) => heapBytes),
      ...(engine === 'hybrid' && { goal: atMost(40, '40 MB', 'everywhere') }),
    },
    figure(engine, 'the whole process, resident', ({ residentBytes }) => residentBytes),
  ]);
}

function lossFigures(losses: Losses): Figure[] {
  return ENGINES.flatMap((engine): Figure[] => [
    {
      kind: 'value',
      name: `${engine}: acknowledged before kill -9`,
      unit: '',
      values: losses[engine].map(({ acknowledged }) => acknowledged),
    },
    {
      kind: 'value',
      name: `${engine}: of these, lost`,
      unit: '',
      values: losses[engine].map(({ lost }) => lost),
      ...(engine === 'hybrid' && { goal: atMost(0, '0', 'everywhere') }),
    },
  ]);
}

function ratioFigures(reports: Reports): Figure[] {
  const of = (engine: EngineName, pick: (callers: CallersReport) => number): number[] =>
    reports[engine].map(({ callers }) => pick(callers));
  const ratio = (words: string, pick: (callers: CallersReport) => number): Figure => ({
    kind: 'value',
    name: `hybrid over pure SQLite: ${words}`,
    unit: '×',
    values: ratios(of('hybrid', pick), of('pure SQLite', pick)),
  });
  return [
    ratio('reads, p50', ({ reads }) => reads.p50),
    ratio('reads, p95', ({ reads }) => reads.p95),
    ratio('writes, p50', ({ writes }) => writes.p50),
    ratio('writes, p95', ({ writes }) => writes.p95),
  ];
}

function plotsOf(reports: Reports): Plot[] {
  const last = (engine: EngineName, what: CallerLatency): LatencySummary['curve'] =>
    reports[engine].at(-1)?.callers[what].curve ?? [];
  const curves = (title: string, what: CallerLatency): Plot => ({
    kind: 'line',
    title,
    x: 'one in',
    y: 'ms',
    logX: true,
    logY: true,
    series: ENGINES.map((engine) => ({ name: engine, points: last(engine, what) })),
  });
  return [
    curves('Reads', 'reads'),
    curves('Writes (durable, but not in pure memory)', 'writes'),
    {
      kind: 'bar',
      title: 'Heap and buffers',
      y: 'MB',
      bars: ENGINES.map((engine) => ({
        name: engine,
        value: median(reports[engine].map(({ heapBytes }) => heapBytes / BYTES_PER_MB)),
      })),
    },
  ];
}

function notes(reports: Reports, fsync: number): string[] {
  const rates = ENGINES.map((engine) => {
    const rate = median(reports[engine].map(({ callers: { done, seconds } }) => done / seconds));
    return `${engine} ${Math.round(rate).toLocaleString('en')}`;
  });
  return [
    `A hundred clients are ${CALLERS} concurrent callers in the store's own process, ten reads (eight orders, two stations' tickets) to a write, ${THINK_MS} ms of thought in between on average; done a second: ${rates.join(', ')}. Latency counts from the moment at which the caller had thought enough. The event loop never sleeps, so that no timer is in the figures; it shows as a whole core.`,
    `A write reads its order, decides one line's next step by the domain's own rule, and commits; nobody else writes to that order meanwhile. One fsync of a page takes ${fsync.toFixed(2)} ms here (median of 200).`,
    `${SIZE.orders.toLocaleString('en')} orders of three lines, ${SIZE.inKitchen} of them in the kitchen and on every station, the others closed in the open shift. An order comes with lines, payments and adjustments, without the log of its statuses, which our hub too reads from SQL.`,
    'Hybrid: hot Maps before the SQLite engine (group commit on a worker, one fsync a group). Pure memory: the same Maps before the memory engine, as --store memory runs. Pure SQLite: better-sqlite3 as its documentation recommends it (WAL, prepared statements, synchronous calls on the same thread) with the schema and the statements of ours, synchronous=FULL, one transaction a commit, checkpoints by SQLite itself.',
    "Heap and buffers are those of the thread that holds the store, after a collection; the workers' heaps and SQLite's page caches are in the whole process.",
    'Kill -9: a process writes on all orders in the kitchen at once, tells each acknowledgement to the bench, and is killed at a random moment; another opens what is left and looks every acknowledged key up. This is about the process: a power cut is what the fsync before each acknowledgement is for.',
    "For comparison, the seeds' own figures: read p95 0.8 ms, write p95 6 ms, 40 MB.",
  ];
}

export const stores: Scenario = {
  name: 'stores',
  says: `${CALLERS} callers and ${SIZE.orders.toLocaleString('en')} orders on memory, on SQLite, and on both: reads, writes, memory, and what a kill loses.`,
  async run(bench): Promise<Result> {
    const fsync = fsyncMs(bench.directory());
    const reports = await measure(bench);
    const losses = await kill(bench);
    return {
      figures: [
        ...latencyFigures(reports, fsync),
        ...ratioFigures(reports),
        ...sizeFigures(reports),
        ...lossFigures(losses),
      ],
      plots: plotsOf(reports),
      notes: notes(reports, fsync),
    };
  },
};
