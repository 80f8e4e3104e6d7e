/**
 * Reads what strace wrote (`-f -y -xx`) as system calls. A call of which another thread's call stands in the middle is put
 * together again, and tells when it began and when it returned: lines stand in the order in which that happened.
 */

/** What a recording traces: all that makes, changes, names or syncs a file, and what leaves through a socket. */
export const RECORDED_CALLS = [
  ...['open', 'openat', 'creat', 'lseek'],
  ...['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'copy_file_range', 'sendfile'],
  ...['ftruncate', 'truncate', 'fallocate', 'fsync', 'fdatasync', 'sync_file_range', 'sync'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat'],
  ...['unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir', 'sendmsg', 'sendto'],
];

/** Longer data than this in one call would be cut: the reader throws. */
const DATA_BYTES_MAX = 64 * 1024 * 1024;

/** With `-D` the hub is the direct child, so that signals reach it. */
export function recorderCommand(
  traceFile: string,
  inject: readonly string[] = [],
): readonly string[] {
  const calls = `trace=${RECORDED_CALLS.join(',')}`;
  const data = ['-xx', '-s', String(DATA_BYTES_MAX)];
  // With the filter only these calls stop the hub, not all; but nothing is injected then.
  const filter = inject.length === 0 ? ['--seccomp-bpf'] : [];
  const following = ['-D', '-f', ...filter, '-q', '-y'];
  return ['strace', ...following, ...data, '-e', calls, ...inject, '-o', traceFile];
}

export interface Call {
  readonly thread: string;
  readonly name: string;
  /** As printed: descriptors with their paths, data in hex. When it has begun and not returned, as far as it was printed. */
  readonly args: string;
}

export type CallEvent =
  | { readonly kind: 'begins'; readonly call: Call }
  /** `result` is -1 for a call that failed. */
  | { readonly kind: 'returns'; readonly call: Call; readonly result: number };

const LINE = /^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()/;
const END = /\)\s+= (-?\d+|\?)[^"]*$/;
const UNFINISHED = ' <unfinished ...>';

/** In the order of the trace. Throws on data that strace cut. */
export function* readCalls(lines: Iterable<string>): Generator<CallEvent> {
  const begun = new Map<string, Call>();
  for (const line of lines) {
    const head = LINE.exec(line);
    if (head === null) continue;
    const [{ length }, thread = '', resumed, name = resumed ?? ''] = head;
    const rest = line.slice(length);
    if (rest.endsWith(UNFINISHED)) {
      const call = { thread, name, args: rest.slice(0, -UNFINISHED.length) };
      begun.set(thread, call);
      yield { kind: 'begins', call };
      continue;
    }
    const before = resumed === undefined ? undefined : begun.get(thread);
    begun.delete(thread);
    const end = END.exec(rest);
    const args = (before?.args ?? '') + rest.slice(0, end?.index);
    if (args.includes('"...')) throw new Error(`the data of a call was cut: ${line.slice(0, 120)}`);
    const call = { thread, name, args };
    if (before === undefined) yield { kind: 'begins', call };
    yield { kind: 'returns', call, result: Number(end?.[1] ?? -1) };
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

const DATA = /"((?:\\x[0-9a-f]{2})*)"/g;

/** Every piece of data or path in quotation marks, in order. */
export function quoted({ args }: Call): Buffer[] {
  return [...args.matchAll(DATA)].map(([, hex = '']) => bytesOf(hex));
}

export interface Descriptor {
  readonly fd: number;
  /** Its path, or what else it is: `socket:[123]`. */
  readonly path: string;
  /** The name was gone when the call was made. */
  readonly isDeleted: boolean;
}

const DESCRIPTOR = /(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?/g;

/** Descriptors among the arguments, in order; `AT_FDCWD` is -1. */
export function descriptors(text: string): Descriptor[] {
  return [...text.matchAll(DESCRIPTOR)].map(([, fd, hex = '', deleted]) => ({
    fd: fd === 'AT_FDCWD' ? -1 : Number(fd),
    path: bytesOf(hex).toString(),
    isDeleted: deleted !== undefined,
  }));
}

/** Arguments that are plain numbers, from the last backwards: `numberFromEnd(call, 0)` is the last. */
export function numberFromEnd({ args }: Call, place: number): number {
  const parts = args.split(', ');
  return Number(parts.at(-1 - place));
}
