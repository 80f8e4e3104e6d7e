/**
 * What a client keeps beyond its own life, so that a reloaded tablet and a till that lost power go on where they were. Values
 * are plain data: what JSON can hold.
 */
import type { Cancel } from '../../base/clock.js';

export interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Spaces of keys. Every write is atomic, and on the disk when its promise resolves; one that rejects has written nothing.
 * Several clients (two tabs) may hold the same storage open: each write of theirs falls before or after each other.
 */
export interface ClientStorage {
  /** All of a space, by key in ascending order. */
  entries(space: string): Promise<readonly Entry[]>;
  /** Adds under a new key, above every key that `append` gave in this space before, whoever asked. */
  append(space: string, value: unknown): Promise<string>;
  /**
   * Replaces the value under a key by what `change` makes of it, with nothing between reading and writing; undefined stands for
   * no value, both ways. Resolves with the new one.
   */
  update<Value>(
    space: string,
    key: string,
    change: (held: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined>;
  /** Puts and removes (undefined) many at once. */
  write(space: string, changes: ReadonlyMap<string, unknown>): Promise<void>;
  /** Told when another client has written in the space. */
  onForeignWrite(space: string, listener: () => void): Cancel;
  /** Ends it; what is under way is finished first. */
  close(): Promise<void>;
}
