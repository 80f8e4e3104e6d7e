/**
 * Preloaded into a hub under measurement (`node --import`): samples its event loop, its memory and its garbage collection, and
 * tells the bench over the process's channel. The hub itself knows nothing of it.
 */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export interface MemorySample {
  /** Milliseconds since the sampling began. */
  readonly atMs: number;
  readonly rss: number;
  readonly heapUsed: number;
  /** Buffers and the like, outside the heap. */
  readonly external: number;
}

export interface ProbeReport {
  /** Milliseconds beyond the sampling interval. */
  readonly eventLoopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly memory: readonly MemorySample[];
  readonly collections: readonly { readonly atMs: number; readonly durationMs: number }[];
}

/** From the bench. `collect`: collect garbage before the last sample of memory, where the hub runs with --expose-gc. */
export type ProbeOrder =
  | { readonly type: 'probe.pid' }
  | { readonly type: 'probe.start'; readonly everyMs: number }
  | { readonly type: 'probe.stop'; readonly collect: boolean };

const DELAY_RESOLUTION_MS = 1;
const NS_PER_MS = 1_000_000;

function startProbe(everyMs: number): (collect: boolean) => ProbeReport {
  const startedAt = performance.now();
  const memory: MemorySample[] = [];
  const collections: { atMs: number; durationMs: number }[] = [];
  const sample = (): void => {
    const { rss, heapUsed, external } = process.memoryUsage();
    memory.push({ atMs: performance.now() - startedAt, rss, heapUsed, external });
  };
  const timer = setInterval(sample, everyMs);
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      collections.push({ atMs: entry.startTime - startedAt, durationMs: entry.duration });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  delay.enable();
  sample();
  return (collect) => {
    clearInterval(timer);
    delay.disable();
    observer.disconnect();
    if (collect) globalThis.gc?.();
    sample();
    const beyond = (ns: number): number => Math.max(0, ns / NS_PER_MS - DELAY_RESOLUTION_MS);
    const eventLoopDelay = {
      p50: beyond(delay.percentile(50)),
      p99: beyond(delay.percentile(99)),
      max: beyond(delay.max),
    };
    return { eventLoopDelay, memory, collections };
  };
}

function answerOrders(tell: (message: object) => void): void {
  let stop: ((collect: boolean) => ProbeReport) | null = null;
  process.on('message', (order: ProbeOrder) => {
    switch (order.type) {
      case 'probe.pid':
        tell({ type: 'probe.pid', pid: process.pid });
        break;
      case 'probe.start':
        stop = startProbe(order.everyMs);
        break;
      case 'probe.stop':
        tell({ type: 'probe.report', report: stop?.(order.collect) });
        stop = null;
        break;
    }
  });
  // The hub ends when it wants to, whoever listens.
  process.channel?.unref();
}

if (isMainThread && process.send !== undefined) {
  answerOrders((message) => {
    process.send?.(message);
  });
}
