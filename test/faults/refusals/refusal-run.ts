/**
 * Has the kernel refuse one call of an operation, by its number, and judges what is left: the command ends in one line or has done
 * what it says, nothing is half-written, and without the fault it works.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyDatabase } from '../../../src/store/verify/verify-database.js';
import { MAIN } from '../../support/hub-process.js';
import { readTree, writeTree, type Tree } from '../recording/tree.js';
import { OPERATIONS, type Operation, type OperationName } from './operations.js';
import { strayFiles } from './stray-files.js';

/** By system call: the errors that it can end in on a disk that is full, read-only or broken. */
const ERRORS = {
  fsync: ['EIO', 'ENOSPC'],
  fdatasync: ['EIO', 'ENOSPC'],
  pwrite64: ['ENOSPC', 'EIO', 'EROFS'],
  rename: ['EROFS', 'EIO', 'ENOSPC'],
  write: ['ENOSPC', 'EIO'],
  openat: ['EROFS', 'ENOSPC', 'EIO'],
} as const;
type Call = keyof typeof ERRORS;
/** Of these every thread has many that are not the operation's. */
const ONLY_ITS_FILES: readonly Call[] = ['write', 'openat'];

export interface Refusal {
  readonly operation: OperationName;
  readonly call: Call;
  readonly error: string;
  /** Which of each thread's calls, from 1 on. */
  readonly when: number;
}

export interface Judged extends Refusal {
  /** `not_reached`: there is no such call. */
  readonly outcome: 'refused' | 'done' | 'not_reached' | 'WRONG';
  readonly line: string;
}

/** Every kind of fault of the operation, its first call each. */
export function kindsOf(operation: OperationName): Refusal[] {
  return (Object.keys(ERRORS) as Call[]).flatMap((call) =>
    ERRORS[call].map((error) => ({ operation, call, error, when: 1 })),
  );
}

export class RefusalRun {
  readonly #root = mkdtempSync(join(tmpdir(), 'refusals-'));
  readonly #operation: Operation;
  readonly #environment: Readonly<Record<string, string>>;
  #pristine: Tree = { directories: [], files: new Map() };
  #events = 0;

  /** `preload`: a script with a planted bug. */
  constructor(name: OperationName, preload?: URL) {
    this.#operation = OPERATIONS[name];
    const planted = preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload.href}` };
    // What goes through io_uring would not be refused.
    this.#environment = { UV_USE_IO_URING: '0', ...planted };
  }

  async prepare(): Promise<void> {
    const inside = join(this.#root, 'work');
    writeTree(this.#pristine, inside);
    await this.#operation.prepare(inside);
    this.#pristine = readTree(inside);
    this.#run([]);
    this.#events = (await verifyDatabase({ file: this.#file })).events;
  }

  async judge(refusal: Refusal): Promise<Judged> {
    writeTree(this.#pristine, join(this.#root, 'work'));
    const trace = join(this.#root, 'trace');
    const { call, error, when } = refusal;
    const paths = this.#operation.files.flatMap((path) => ['-P', join(this.#root, 'work', path)]);
    const { code, output } = this.#run([
      ...['strace', '-f', '-qq', '-y', '-o', trace, '-e', `trace=${call}`],
      ...['-e', `inject=${call}:error=${error}:when=${String(when)}`],
      ...(ONLY_ITS_FILES.includes(call) ? paths : []),
    ]);
    const injected = readFileSync(trace, 'latin1')
      .split('\n')
      .filter((line) => line.includes('(INJECTED)'));
    if (injected.length === 0) return { ...refusal, outcome: 'not_reached', line: '' };
    const wrong = this.#saidWrong(code, output, injected) ?? (await this.#leftWrong(code === 0));
    if (wrong !== null) return { ...refusal, outcome: 'WRONG', line: wrong };
    return { ...refusal, outcome: code === 0 ? 'done' : 'refused', line: output.trim() };
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#operation.whole(join(this.#root, 'work')), 'expeditor.db');
  }

  #run(under: readonly string[]): { readonly code: number | null; readonly output: string } {
    const command = [process.execPath, MAIN, ...this.#operation.command(join(this.#root, 'work'))];
    const [program = '', ...rest] = [...under, ...command];
    const env = { ...process.env, ...this.#environment };
    const { status, stdout, stderr } = spawnSync(program, rest, { env, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  }

  /** What is wrong with how the command ended; null: nothing. */
  #saidWrong(code: number | null, output: string, injected: readonly string[]): string | null {
    if (code !== 0 && code !== 1) return `it ended with ${String(code)}: ${output}`;
    if (output.includes('    at ')) return `it ended with a stack: ${output}`;
    const { promised } = this.#operation;
    const lost = injected.find((line) => /sync\(/.test(line) && promised.test(line));
    if (code === 0 && lost !== undefined) return `it said that it is done, in spite of ${lost}`;
    return code === 1 && output.trim() === '' ? 'it ended without a word' : null;
  }

  /** Nothing is lost or half-written, and after a refusal the next try works. */
  async #leftWrong(isDone: boolean): Promise<string | null> {
    if (existsSync(this.#file)) {
      const { difference, events } = await verifyDatabase({ file: this.#file }).catch(olderFile);
      if (difference !== null) return `it left a directory that does not verify: ${difference}`;
      if (events !== null && events !== this.#events) return `it left ${String(events)} events`;
    }
    const strays = isDone ? strayFiles(join(this.#root, 'work')) : [];
    if (strays.length > 0) return `it left ${strays.join(', ')}`;
    if (isDone) return null;
    const again = this.#run([]);
    if (again.code !== 0) return `the next try failed: ${again.output}`;
    const { difference, events } = await verifyDatabase({ file: this.#file });
    if (difference !== null) return `the next try left ${difference}`;
    if (events !== this.#events) return `the next try left ${String(events)} events`;
    const left = strayFiles(join(this.#root, 'work'));
    return left.length === 0 ? null : `the next try left ${left.join(', ')}`;
  }
}

/** One that was not migrated yet has not what is verified: the next try will. */
function olderFile(error: unknown): { readonly difference: string | null; readonly events: null } {
  const line = error instanceof Error ? error.message : String(error);
  return { difference: line.includes('no such table') ? null : line, events: null };
}
