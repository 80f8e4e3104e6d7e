/** Storage that ends with the process: for clients that shall leave nothing on the disk, and for tests. */
import type { Cancel } from '../../base/clock.js';
import { Listeners } from '../listeners.js';
import {
  appendKey,
  changeTexts,
  storageClosed,
  storedValue,
  valueText,
  type ClientStorage,
  type Entry,
} from './storage.js';

/** What several memory storages hold in common, as tabs share a browser's disk. It outlives each of them. */
export class MemoryDisk {
  /** By space and key, as JSON: nobody shares an object with the disk. */
  readonly spaces = new Map<string, Map<string, string>>();
  /** The last count that `append` gave, by space. */
  readonly appended = new Map<string, number>();
  readonly written = new Listeners<{ readonly space: string; readonly writer: ClientStorage }>();

  space(name: string): Map<string, string> {
    let space = this.spaces.get(name);
    if (space === undefined) {
      space = new Map();
      this.spaces.set(name, space);
    }
    return space;
  }
}

/** Without a disk it has one of its own. */
export function memoryStorage(disk: MemoryDisk = new MemoryDisk()): ClientStorage {
  return new MemoryStorage(disk);
}

/** Each call does its work before it returns; the promise only says how it went. */
class MemoryStorage implements ClientStorage {
  /** Clients of one process that share a disk say themselves who leads. */
  readonly sharedAs = null;
  readonly #disk: MemoryDisk;
  #closed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  entries(space: string): Promise<readonly Entry[]> {
    return this.#settle(() =>
      [...this.#disk.space(space)]
        .map(([key, text]) => ({ key, value: JSON.parse(text) as unknown }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  }

  append(space: string, value: unknown): Promise<string> {
    return this.#settle(() => {
      const text = valueText(value);
      const count = (this.#disk.appended.get(space) ?? 0) + 1;
      const key = appendKey(count);
      this.#disk.appended.set(space, count);
      this.#disk.space(space).set(key, text);
      this.#tell(space);
      return key;
    });
  }

  update<Value>(
    space: string,
    key: string,
    change: (held: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined> {
    return this.#settle(() => {
      const text = this.#disk.space(space).get(key);
      const held = storedValue(text) as Value | undefined;
      const changed = change(held);
      if (changed !== held) this.#put(space, new Map([[key, changed]]));
      return changed;
    });
  }

  write(space: string, changes: ReadonlyMap<string, unknown>): Promise<void> {
    return this.#settle(() => {
      this.#put(space, changes);
    });
  }

  onForeignWrite(space: string, listener: () => void): Cancel {
    return this.#disk.written.add((written) => {
      if (written.space === space && written.writer !== this && !this.#closed) listener();
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #put(space: string, changes: ReadonlyMap<string, unknown>): void {
    const texts = changeTexts(changes);
    const entries = this.#disk.space(space);
    for (const [key, text] of texts) {
      if (text === undefined) entries.delete(key);
      else entries.set(key, text);
    }
    this.#tell(space);
  }

  #tell(space: string): void {
    queueMicrotask(() => {
      this.#disk.written.tell({ space, writer: this });
    });
  }

  #settle<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => {
      if (this.#closed) throw storageClosed();
      resolve(work());
    });
  }
}
