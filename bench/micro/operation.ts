/** One step of the way of a command, alone, over and over: how long it takes and what it allocates. */

export interface Operation {
  readonly name: string;
  /** Done by one run; 1 where it is absent. */
  readonly unitsPerRun?: number;
  /** Makes ready what that many runs will use up, outside of what is timed. */
  readonly prepare?: (runs: number) => void;
  readonly run: () => void | Promise<void>;
}

export interface Cost {
  readonly nanoseconds: number;
  /** On the thread that runs it, in the heap and in buffers. */
  readonly bytes: number;
}

export interface MeasureOptions {
  /** Each is long enough for the clock, short enough that most are not disturbed; the median counts. */
  readonly samples: number;
  readonly sampleMs: number;
}

const NS_PER_MS = 1_000_000;
const RUNS_MAX = 1_000_000;
const WARM_UP_SAMPLES = 3;
/** Allocations are counted over so many bytes: well inside the young generation, so that nothing is collected meanwhile. */
const BYTES_COUNTED = 16_000_000;
const ALLOCATION_RUNS_MAX = 20_000;
/** A step that allocates nothing comes to 0 each time. */
const COUNTS_MAX = 3;

export async function measure(operation: Operation, options: MeasureOptions): Promise<Cost> {
  const { unitsPerRun = 1 } = operation;
  const runs = await runsOf(operation, options.sampleMs);
  for (let nth = 0; nth < WARM_UP_SAMPLES; nth += 1) await timed(operation, runs);
  const times: number[] = [];
  for (let nth = 0; nth < options.samples; nth += 1) {
    times.push((await timed(operation, runs)) / runs);
  }
  const bytes = await allocated(operation, runs);
  return {
    nanoseconds: (medianOf(times) * NS_PER_MS) / unitsPerRun,
    bytes: bytes / unitsPerRun,
  };
}

/** So many runs as take that long. */
async function runsOf(operation: Operation, sampleMs: number): Promise<number> {
  for (let runs = 1; ; runs *= 2) {
    const took = await timed(operation, runs);
    if (took >= sampleMs || runs >= RUNS_MAX) return runs;
  }
}

/** Milliseconds. */
async function timed({ prepare, run }: Operation, runs: number): Promise<number> {
  prepare?.(runs);
  const from = performance.now();
  for (let nth = 0; nth < runs; nth += 1) {
    const running = run();
    if (running !== undefined) await running;
  }
  return performance.now() - from;
}

/** A run. Never more runs than were timed at a time, and a count that a collection spoiled is made again. */
async function allocated(operation: Operation, runs: number): Promise<number> {
  const few = Math.max(1, Math.min(100, runs));
  const guess = await counted(operation, few);
  const most = Math.min(ALLOCATION_RUNS_MAX, Math.floor(BYTES_COUNTED / Math.max(guess / few, 1)));
  const many = Math.max(few, Math.min(most, runs));
  return (await counted(operation, many)) / many;
}

async function counted(operation: Operation, runs: number): Promise<number> {
  for (let attempt = 1; attempt < COUNTS_MAX; attempt += 1) {
    const bytes = await allocatedBy(operation, runs);
    if (bytes > 0) return bytes;
  }
  return allocatedBy(operation, runs);
}

async function allocatedBy(operation: Operation, runs: number): Promise<number> {
  operation.prepare?.(runs);
  globalThis.gc?.();
  const before = bytesHeld();
  for (let nth = 0; nth < runs; nth += 1) {
    const running = operation.run();
    if (running !== undefined) await running;
  }
  return Math.max(0, bytesHeld() - before);
}

function bytesHeld(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
