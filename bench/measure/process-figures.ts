/** CPU and memory of a process, as Linux counts them. */
import { readdirSync, readFileSync } from 'node:fs';

/** Of `utime` and `stime` in /proc; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const UTIME = 11;

export interface CpuTimes {
  /** All threads, milliseconds. */
  readonly totalMs: number;
  /** The thread that runs the event loop. */
  readonly mainMs: number;
  /** The busiest of the others: a hub's writer. */
  readonly secondMs: number;
}

function ticksOf(statPath: string): number {
  const text = readFileSync(statPath, 'utf8');
  // The name in brackets may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[UTIME]) + Number(fields[UTIME + 1]);
}

export class CpuClock {
  readonly #pid: number;
  readonly #start: ReadonlyMap<string, number>;

  constructor(pid: number) {
    this.#pid = pid;
    this.#start = this.#threads();
  }

  /** Since this clock was made, to 10 ms. Threads that ended meanwhile are left out of the parts. */
  elapsed(): CpuTimes {
    const msOf = (thread: string, ticks: number): number =>
      ((ticks - (this.#start.get(thread) ?? 0)) * 1_000) / TICKS_PER_SECOND;
    const now = this.#threads();
    const main = String(this.#pid);
    const others = [...now].filter(([thread]) => thread !== main && thread !== 'all');
    return {
      totalMs: msOf('all', now.get('all') ?? 0),
      mainMs: msOf(main, now.get(main) ?? 0),
      secondMs: Math.max(0, ...others.map(([thread, ticks]) => msOf(thread, ticks))),
    };
  }

  #threads(): Map<string, number> {
    const root = `/proc/${String(this.#pid)}`;
    const ticks = new Map([['all', ticksOf(`${root}/stat`)]]);
    for (const thread of readdirSync(`${root}/task`)) {
      ticks.set(thread, ticksOf(`${root}/task/${thread}/stat`));
    }
    return ticks;
  }
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return Number(kilobytes ?? NaN) * 1_024;
}
