/**
 * Reads a trace of system calls (`strace -f -y`) of a hub and says for each acknowledgement and each delta whether the fsync
 * that covers it had returned before the first byte left.
 */
import { readFileSync } from 'node:fs';

export const TRACE_FLAGS = [
  // As a detached grandchild: signals reach the hub itself.
  '-D',
  '-f',
  '-q',
  '-y',
  '-s',
  '65536',
  '-e',
  'trace=pwrite64,fdatasync,fsync,write,writev,sendmsg,sendto',
];

/** What one line of the trace is to durability. Its place is its line number. */
type Step =
  | { readonly kind: 'log_write'; readonly text: string }
  | { readonly kind: 'fsync_begins'; readonly thread: string }
  | { readonly kind: 'fsync_done'; readonly thread: string }
  | { readonly kind: 'sent'; readonly text: string };

export interface DurabilityVerdict {
  readonly acknowledgements: number;
  readonly deltas: number;
  /** fsync calls on the write-ahead log. */
  readonly fsyncs: number;
  /** Messages that left before their fsync had returned. */
  readonly early: readonly string[];
}

function stepOf(line: string): Step | null {
  const thread = line.slice(0, line.indexOf(' '));
  const onLog = line.includes('.db-wal>');
  if (onLog && /^\d+ +pwrite64\(/.test(line)) return { kind: 'log_write', text: line };
  if (onLog && /^\d+ +f(data)?sync\(/.test(line)) {
    return { kind: line.includes('<unfinished') ? 'fsync_begins' : 'fsync_done', thread };
  }
  if (/<\.\.\. f(data)?sync resumed>\)\s+= 0/.test(line)) return { kind: 'fsync_done', thread };
  if (/^\d+ +(write|writev|sendmsg|sendto)\(\d+<(socket|TCP)/.test(line)) {
    return { kind: 'sent', text: line };
  }
  return null;
}

/** strace writes a quotation mark inside data as `\"`. */
function field(text: string, name: string): RegExpMatchArray | null {
  return new RegExp(`\\\\"${name}\\\\":(?:\\\\")?([^,}\\\\]+)`).exec(text);
}

/** The messages of one write: several frames may leave together. */
function messagesIn(text: string): string[] {
  return text.split('{\\"type\\":').slice(1);
}

/** Follows the trace; a key counts as durable once an fsync that began after its bytes were written has returned. */
class Follower {
  readonly early: string[] = [];
  acknowledgements = 0;
  deltas = 0;
  fsyncs = 0;
  readonly #keys: readonly string[];
  readonly #written = new Set<string>();
  readonly #durable = new Set<string>();
  /** What each fsync under way covers, by thread. */
  readonly #covers = new Map<string, ReadonlySet<string>>();
  readonly #versionOf: ReadonlyMap<string, number>;

  constructor(versionOf: ReadonlyMap<string, number>) {
    this.#versionOf = versionOf;
    this.#keys = [...versionOf.keys()];
  }

  follow(step: Step): void {
    switch (step.kind) {
      case 'log_write':
        for (const key of this.#keys) if (step.text.includes(key)) this.#written.add(key);
        return;
      case 'fsync_begins':
        this.#covers.set(step.thread, new Set(this.#written));
        return;
      case 'fsync_done':
        this.fsyncs += 1;
        for (const key of this.#covers.get(step.thread) ?? this.#written) this.#durable.add(key);
        this.#covers.delete(step.thread);
        return;
      case 'sent':
        for (const message of messagesIn(step.text)) this.#sent(message);
    }
  }

  #sent(message: string): void {
    if (message.startsWith('\\"ack\\"')) {
      const key = field(message, 'key')?.[1];
      if (key === undefined || !this.#versionOf.has(key)) return;
      this.acknowledgements += 1;
      if (!this.#durable.has(key)) this.early.push(`the acknowledgement of ${key}`);
    } else if (message.startsWith('\\"delta\\"')) {
      const version = Number(field(message, 'newVersion')?.[1]);
      this.deltas += 1;
      for (const [key, committed] of this.#versionOf) {
        if (committed <= version && !this.#durable.has(key)) {
          this.early.push(`the delta to ${String(version)}, ahead of ${key}`);
        }
      }
    }
  }
}

/** strace writes its file to the end a moment after the hub has ended. */
export async function traceEnded(traceFile: string, pid: number): Promise<void> {
  const ended = new RegExp(`^${String(pid)} +\\+\\+\\+ `, 'm');
  for (let tries = 0; tries < 400; tries += 1) {
    if (ended.test(readFileSync(traceFile, 'latin1'))) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the trace has no end');
}

/** `versionOf`: each command's key with the branch version of its commit. Keys must be unlike anything else in the data. */
export function judgeDurability(
  traceFile: string,
  versionOf: ReadonlyMap<string, number>,
): DurabilityVerdict {
  const follower = new Follower(versionOf);
  for (const line of readFileSync(traceFile, 'latin1').split('\n')) {
    const step = stepOf(line);
    if (step !== null) follower.follow(step);
  }
  const { acknowledgements, deltas, fsyncs, early } = follower;
  return { acknowledgements, deltas, fsyncs, early };
}
