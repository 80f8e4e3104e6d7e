/** What a recorded hub did to its files, and when each acknowledgement left it: the steps that images are built from. */
import { join, relative } from 'node:path';
import { Disk } from '../images/disk.js';
import type { Step } from './step.js';
import {
  descriptors,
  numberFromEnd,
  quoted,
  readCalls,
  type Call,
  type CallEvent,
  type Descriptor,
} from './trace.js';
import { NOT_RECORDED, type Tree } from './tree.js';

/** Calls that would change files in ways that the steps cannot tell. */
const UNKNOWN = new Set(['fallocate', 'symlink', 'symlinkat', 'pwritev', 'pwritev2']);
const STANDARD_OUTPUT = 1;
/** What a command of the command line says when it has done all. */
const DONE = /^.*(?:read back and whole|restored to |brought back: ).*$/m;
const ACK = /\{"type":"ack"[^{}]*?"key":"([^"]+)","version":(\d+)/g;

class StepReader {
  readonly steps: Step[] = [];
  readonly #root: string;
  /** Files and directories that are there; a start may find some. */
  readonly #present: Set<string>;
  readonly #sizes: Map<string, number>;
  /** Where each descriptor of a file writes next; null: at the end. With its path: two processes may use one number. */
  readonly #positions = new Map<string, number | null>();
  /** The call of each thread that syncs. */
  readonly #syncs = new Map<string, number>();
  #calls = 0;
  /** As far as files were copied by the kernel: what they held then. */
  readonly #disk: Disk;

  constructor(root: string, initial: Tree) {
    const { directories, files } = initial;
    this.#root = root;
    this.#disk = new Disk(initial);
    this.#present = new Set([...directories, ...files.keys()]);
    this.#sizes = new Map([...files].map(([path, { length }]) => [path, length]));
  }

  read({ call, ...event }: CallEvent): void {
    const { name } = call;
    if (event.kind === 'begins') {
      if (name === 'fsync' || name === 'fdatasync') this.#syncBegins(call);
      else if (isSend(name)) this.#sent(call);
    } else if ('result' in event && event.result >= 0) this.#done(call, event.result);
    else this.#syncs.delete(call.thread);
  }

  #syncBegins(call: Call): void {
    const path = this.#pathOf(descriptors(call.args)[0]);
    if (path === null) return;
    this.#calls += 1;
    this.#syncs.set(call.thread, this.#calls);
    this.steps.push({ kind: 'sync_begins', path, call: this.#calls });
  }

  #sent(call: Call): void {
    const [to] = descriptors(call.args);
    if (to?.fd === STANDARD_OUTPUT) this.#printed(call);
    if (to === undefined || !/^(socket|TCP)/.test(to.path)) return;
    const text = Buffer.concat(quoted(call)).toString('latin1');
    for (const [, key = '', version] of text.matchAll(ACK)) {
      this.steps.push({ kind: 'acknowledged', key, version: Number(version) });
    }
  }

  #printed(call: Call): void {
    const [line] = DONE.exec(Buffer.concat(quoted(call)).toString()) ?? [];
    if (line !== undefined) this.steps.push({ kind: 'said', line });
  }

  #done(call: Call, result: number): void {
    const [file, second] = descriptors(call.args);
    switch (call.name) {
      case 'open':
      case 'openat':
      case 'creat':
        this.#opened(call, result);
        break;
      case 'write':
      case 'writev':
        this.#written(call, result, null);
        break;
      case 'pwrite64':
        this.#written(call, result, numberFromEnd(call, 0));
        break;
      case 'lseek':
        if (file !== undefined) this.#positions.set(placeOf(file), result);
        break;
      case 'copy_file_range':
        this.#copied(call, { from: file, to: second, length: result });
        break;
      case 'sendfile':
        this.#copied(call, { from: second, to: file, length: result });
        break;
      case 'ftruncate':
        this.#truncated(this.#pathOf(file), numberFromEnd(call, 0));
        break;
      case 'truncate':
        this.#truncated(this.#named(call)[0] ?? null, numberFromEnd(call, 0));
        break;
      case 'fsync':
      case 'fdatasync':
        this.#syncEnds(call.thread);
        break;
      default:
        this.#renamed(call);
    }
  }

  #syncEnds(thread: string): void {
    const call = this.#syncs.get(thread);
    this.#syncs.delete(thread);
    if (call !== undefined) this.steps.push({ kind: 'sync_ends', call });
  }

  #renamed(call: Call): void {
    const [path = null, to = null] = this.#named(call);
    switch (call.name) {
      case 'rename':
      case 'renameat':
      case 'renameat2':
      case 'link':
      case 'linkat': {
        if (path === null && to === null) return;
        if (path === null || to === null) throw new Error(`${call.name} crosses the recorded root`);
        const kind = call.name.startsWith('link') ? 'link' : 'rename';
        this.steps.push({ kind, path, to });
        this.#moved(path, to, kind);
        return;
      }
      case 'unlink':
      case 'unlinkat':
      case 'rmdir':
        if (path === null) return;
        this.#present.delete(path);
        this.steps.push({ kind: 'unlink', path });
        return;
      case 'mkdir':
      case 'mkdirat':
        if (path === null) return;
        this.#present.add(path);
        this.steps.push({ kind: 'make_directory', path });
        return;
      default:
        if (UNKNOWN.has(call.name)) this.#refuseInside(call, descriptors(call.args)[0]);
    }
  }

  /** Names under a directory move with it. */
  #moved(from: string, to: string, kind: 'rename' | 'link'): void {
    for (const path of [...this.#present]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      const moved = to + path.slice(from.length);
      if (kind === 'rename') this.#present.delete(path);
      this.#present.add(moved);
      this.#sizes.set(moved, this.#sizes.get(path) ?? 0);
    }
  }

  #opened(call: Call, fd: number): void {
    const [path = null] = this.#named(call);
    if (path === null) return;
    const opened = { fd, path: join(this.#root, path), isDeleted: false };
    this.#positions.set(placeOf(opened), call.args.includes('O_APPEND') ? null : 0);
    if (!this.#present.has(path) && call.args.includes('O_CREAT')) {
      this.#present.add(path);
      this.#sizes.set(path, 0);
      this.steps.push({ kind: 'create', path });
    } else if (call.args.includes('O_TRUNC')) this.#truncated(path, 0);
  }

  #written(call: Call, length: number, at: number | null): void {
    const [file] = descriptors(call.args);
    if (file === undefined || this.#pathOf(file) === null) return;
    const data = Buffer.concat(quoted(call)).subarray(0, length);
    if (data.length !== length) throw new Error(`data is missing: ${call.args.slice(0, 120)}`);
    this.#wrote(file, data, at);
  }

  /** `at` null: where the descriptor stands. */
  #wrote(file: Descriptor, data: Buffer, at: number | null): void {
    const path = this.#pathOf(file);
    if (path === null) return;
    const position = this.#positions.get(placeOf(file)) ?? null;
    const size = this.#sizes.get(path) ?? 0;
    const offset = at ?? position ?? size;
    const end = offset + data.length;
    if (at === null && position !== null) this.#positions.set(placeOf(file), end);
    this.#sizes.set(path, Math.max(size, end));
    this.steps.push({ kind: 'write', path, offset, data });
  }

  /** Whole files that are copied, each once from its beginning to its end: the kernel's offsets are the descriptors' own. */
  #copied(call: Call, { from, to, length }: Copied): void {
    if (to === undefined || this.#pathOf(to) === null || length === 0) return;
    const source = this.#pathOf(from);
    if (from === undefined || source === null) {
      throw new Error(`${call.name} from outside the root`);
    }
    for (const step of this.steps.slice(this.#disk.at)) this.#disk.take(step);
    const start = this.#positions.get(placeOf(to)) ?? 0;
    this.#wrote(to, Buffer.from(this.#disk.bytesOf(source).subarray(start, start + length)), null);
  }

  #truncated(path: string | null, length: number): void {
    if (path === null) return;
    this.#sizes.set(path, length);
    this.steps.push({ kind: 'truncate', path, length });
  }

  #refuseInside(call: Call, file: Descriptor | undefined): void {
    if (this.#pathOf(file) === null) return;
    throw new Error(`${call.name} on ${file?.path ?? ''}: the steps cannot tell that`);
  }

  /** The paths that a call names, resolved; null: outside the root. */
  #named(call: Call): (string | null)[] {
    const directory = descriptors(call.args.slice(0, call.args.indexOf('"')))[0]?.path ?? '';
    return quoted(call).map((name) => {
      const path = name.toString();
      return this.#relative(path.startsWith('/') ? path : `${directory}/${path}`);
    });
  }

  #pathOf(file: Descriptor | undefined): string | null {
    return file === undefined || file.isDeleted ? null : this.#relative(file.path);
  }

  #relative(path: string): string | null {
    const inside = relative(this.#root, path);
    return inside.startsWith('..') || NOT_RECORDED.test(inside) ? null : inside;
  }
}

interface Copied {
  readonly from: Descriptor | undefined;
  readonly to: Descriptor | undefined;
  readonly length: number;
}

function placeOf({ fd, path }: Descriptor): string {
  return `${fd} ${path}`;
}

function isSend(name: string): boolean {
  return name === 'write' || name === 'writev' || name === 'sendmsg' || name === 'sendto';
}

/** `initial`: what was there before. Throws on calls that it cannot tell. */
export function readSteps(lines: Iterable<string>, root: string, initial: Tree): readonly Step[] {
  const reader = new StepReader(root, initial);
  for (const event of readCalls(lines)) reader.read(event);
  return reader.steps;
}
