/** The engines that random traffic runs on, each with the ways in which a hub may find its store again. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { SettableClock } from '../../../src/base/clock.js';
import { uuidV7Source } from '../../../src/base/ids.js';
import { createMemoryStore } from '../../../src/store/memory/memory-store.js';
import type { Store } from '../../../src/store/port.js';
import { DATABASE_NAME } from '../../../src/store/sqlite/open.js';
import { freshDirectory, openSqlite } from '../sqlite-store.js';

export interface Engine {
  readonly store: Store;
  /** Path of the database; null: there is none. */
  readonly file: string | null;
  /** The same data for the next hub. Unclean: as a crash at this moment would have left it, where the engine knows crashes. */
  reopen(clean: boolean): Promise<Store>;
  /** Closes the store; the file stays until `remove`. */
  close(): Promise<void>;
  remove(): void;
}

/** Keeps its data as long as this process lives: a hub that restarts finds the same store. */
export function memoryEngine(clock: SettableClock): Engine {
  const store = createMemoryStore({ clock, newId: uuidV7Source(clock), nextTick: setImmediate });
  return {
    store,
    file: null,
    reopen: () => Promise.resolve(store),
    close: () => store.close(),
    remove: () => undefined,
  };
}

export async function sqliteEngine(clock: SettableClock): Promise<Engine> {
  return SqliteEngine.open(clock);
}

class SqliteEngine implements Engine {
  readonly #clock: SettableClock;
  readonly #directories: ReturnType<typeof freshDirectory>[] = [];
  /** Stores of before a crash: closed at the end, like the disk of a machine that was thrown away. */
  readonly #abandoned: Store[] = [];
  #store: Store;
  #path: string;

  private constructor(
    clock: SettableClock,
    at: { readonly store: Store; readonly directory: ReturnType<typeof freshDirectory> },
  ) {
    this.#clock = clock;
    this.#store = at.store;
    this.#path = at.directory.path;
    this.#directories.push(at.directory);
  }

  static async open(clock: SettableClock): Promise<SqliteEngine> {
    const directory = freshDirectory();
    const store = await openSqlite(directory.path, { clock });
    return new SqliteEngine(clock, { store, directory });
  }

  get store(): Store {
    return this.#store;
  }

  get file(): string {
    return join(this.#path, DATABASE_NAME);
  }

  async reopen(clean: boolean): Promise<Store> {
    if (clean) {
      await this.#store.close();
    } else {
      const directory = freshDirectory();
      // The heads' next file may get its name while the directory is copied.
      const filter = (source: string) => !source.endsWith('.new');
      cpSync(this.#path, directory.path, { recursive: true, filter });
      this.#abandoned.push(this.#store);
      this.#directories.push(directory);
      this.#path = directory.path;
    }
    this.#store = await openSqlite(this.#path, { clock: this.#clock });
    return this.#store;
  }

  async close(): Promise<void> {
    for (const store of [...this.#abandoned, this.#store]) await store.close();
  }

  remove(): void {
    for (const { remove } of this.#directories) remove();
  }
}
