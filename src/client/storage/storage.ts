/**
 * What a client keeps beyond its own life, so that a reloaded tablet and a till that lost power go on where they were. Values
 * are plain data, what JSON can hold; those that come out are copies, nobody else's objects.
 */
import type { Cancel } from '../../base/clock.js';

export interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Spaces of keys. Every write is atomic, and on the disk when its promise resolves; one that rejects has written nothing, but
 * for the code `unknown`. Writes of one client take place in the order in which they were asked for. Several clients (two
 * tabs) may hold the same storage open: each write of theirs falls before or after each other. Rejects with StorageFailed.
 */
export interface ClientStorage {
  /** The name under which other pages may hold it open at this moment; null: this client has it alone. */
  readonly sharedAs: string | null;
  /** All of a space, by key in ascending order of UTF-16 units. */
  entries(space: string): Promise<readonly Entry[]>;
  /** Adds under a new key, above every key that `append` gave in this space before, whoever asked and whatever was removed. */
  append(space: string, value: unknown): Promise<string>;
  /**
   * Replaces the value under a key by what `change` makes of it, with nothing between reading and writing; undefined stands for
   * no value, both ways. Resolves with the new one. `change` is synchronous; what it throws is what this rejects with, and it
   * may be called again where the storage had to be opened again. Returning the very value that it was given writes nothing.
   */
  update<Value>(
    space: string,
    key: string,
    change: (held: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined>;
  /** Puts and removes (undefined) many at once: all or none of them. */
  write(space: string, changes: ReadonlyMap<string, unknown>): Promise<void>;
  /**
   * Told soon after another client has written in the space; never of this client's own writes. One whose writer died at that
   * moment may go untold, so that who takes over from it reads anew.
   */
  onForeignWrite(space: string, listener: () => void): Cancel;
  /** Ends it; what is under way is finished first. What is asked later is refused as `closed`. */
  close(): Promise<void>;
}

/**
 * - `full`: there is no room; nothing was written, and reading goes on.
 * - `in_use`: another process holds the file.
 * - `corrupt`: what is on the disk cannot be read; it is left as it is.
 * - `outdated`: it was written by a newer version of this program.
 * - `unavailable`: there is no such storage here.
 * - `unknown`: the disk failed under a write, which is there wholly or not at all: opening it again shows which.
 * - `closed`: it was closed before.
 */
export type StorageFailure =
  'full' | 'in_use' | 'corrupt' | 'outdated' | 'unavailable' | 'unknown' | 'closed';

/** The message says what was tried, why it failed and what to do. */
export class StorageFailed extends Error {
  override readonly name = 'StorageFailed';
  readonly code: StorageFailure;

  constructor(code: StorageFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

export function storageClosed(): StorageFailed {
  return new StorageFailed('closed', 'the storage was closed');
}

/** How every storage holds a value. Throws a TypeError for what JSON cannot hold as a whole. */
export function valueText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a ${typeof value} cannot be stored`);
  return text;
}

/** The texts to put under their keys; undefined: to be removed. */
export function changeTexts(
  changes: ReadonlyMap<string, unknown>,
): Map<string, string | undefined> {
  const texts = new Map<string, string | undefined>();
  for (const [key, value] of changes) {
    texts.set(key, value === undefined ? undefined : valueText(value));
  }
  return texts;
}

/** The value that a stored text stands for; undefined: nothing is stored. */
export function storedValue(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

const DIGITS = 16;

/** The key of the count-th appended value, with the digits of the greatest safe integer, so that keys sort as their counts do. */
export function appendKey(count: number): string {
  return String(count).padStart(DIGITS, '0');
}
