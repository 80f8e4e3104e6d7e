/**
 * Storage in a browser: IndexedDB with strict durability, shared by all pages of an origin. Pages tell each other of their
 * writes over a BroadcastChannel. It works in pages that are no secure context (http on a LAN address) too.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Cancel } from '../../base/clock.js';
import { Listeners } from '../listeners.js';
import {
  appendKey,
  changeTexts,
  storageClosed,
  StorageFailed,
  storedValue,
  valueText,
  type ClientStorage,
  type Entry,
} from './storage.js';

const FORMAT = 1;

interface Schema extends DBSchema {
  /** Texts by [space, key]. */
  entries: { key: [string, string]; value: string };
  /** The last count that `append` gave, by space. */
  appended: { key: string; value: number };
}

type Connection = IDBPDatabase<Schema>;
type Stores = ['entries', 'appended'];
type Transaction = IDBPTransaction<Schema, Stores, 'readwrite'>;
const STORES: Stores = ['entries', 'appended'];

/** As much of the browser as is used here beside what the package idb uses. */
interface Browser {
  readonly indexedDB?: object | null;
  readonly IDBKeyRange: { bound(from: unknown, to: unknown): IDBKeyRange };
  readonly navigator?: { readonly storage?: { persist?(): Promise<boolean> } };
}

/**
 * Opens the origin's database of this name, and asks the browser not to evict it when the disk gets full. Rejects as
 * `unavailable` where there is no IndexedDB (some private windows), and as `outdated` where a newer version of the program
 * has been here, or an older one stands open in another tab.
 */
export async function indexedDbStorage(name: string): Promise<ClientStorage> {
  const { indexedDB, navigator } = browser();
  if (indexedDB === undefined || indexedDB === null) throw unavailable('there is no IndexedDB');
  const storage = new IndexedDbStorage(name);
  await storage.entries('');
  // Refused, it is kept as long as there is room; nothing could be done about it here.
  navigator?.storage?.persist?.().catch(() => false);
  return storage;
}

function browser(): Browser {
  return globalThis as unknown as Browser;
}

/** `lost` is called when the browser or a newer version ends the connection. */
async function connect(name: string, lost: () => void): Promise<Connection> {
  let connection: Connection | null = null;
  let tellBlocked: (reason: StorageFailed) => void = () => undefined;
  const blocked = new Promise<never>((_, reject) => {
    tellBlocked = reject;
  });
  const opening = openDB<Schema>(name, FORMAT, {
    upgrade(fresh) {
      fresh.createObjectStore('entries');
      fresh.createObjectStore('appended');
    },
    blocked() {
      tellBlocked(new StorageFailed('outdated', OLDER_TAB));
    },
    blocking() {
      connection?.close();
      lost();
    },
    terminated: lost,
  });
  try {
    connection = await Promise.race([opening, blocked]);
    return connection;
  } catch (error) {
    // One that was blocked may open later, when nobody waits for it.
    void opening.then(
      (late) => {
        late.close();
      },
      () => undefined,
    );
    throw error;
  }
}

const OLDER_TAB = 'an older version of this program stands open in another tab: close it';

function unavailable(reason: string, cause?: unknown): StorageFailed {
  const message = `nothing can be kept in this browser (${reason}): use a window that is not private, and allow the page to keep data`;
  return new StorageFailed('unavailable', message, cause);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** What a browser calls it when it has ended a connection under us. */
const LOST = new Set(['AbortError', 'InvalidStateError', 'UnknownError']);

/** Of an error before the commit was asked for: nothing has been written. */
function failureOf(error: unknown): unknown {
  const name = nameOf(error);
  if (name === 'QuotaExceededError') return full(error);
  if (name === 'VersionError') {
    const message = 'a newer version of this program has been here: reload the page';
    return new StorageFailed('outdated', message, error);
  }
  return LOST.has(name) || name === 'SecurityError' ? unavailable(String(error), error) : error;
}

/** Of a commit that failed: where the browser lost its database just then, it does not know either. */
function commitFailure(error: unknown): unknown {
  if (!LOST.has(nameOf(error))) return failureOf(error);
  const message = `the browser failed under a write (${String(error)}): it is there wholly or not at all; reload the page`;
  return new StorageFailed('unknown', message, error);
}

function full(cause: unknown): StorageFailed {
  const message = 'the browser lets this page keep no more: make room on the device and try again';
  return new StorageFailed('full', message, cause);
}

class IndexedDbStorage implements ClientStorage {
  readonly sharedAs: string;
  readonly #listeners = new Listeners<string>();
  readonly #channel: InstanceType<typeof BroadcastChannel>;
  readonly #underWay = new Set<Promise<unknown>>();
  /** null: not open or lost; the next call opens it. */
  #connection: Promise<Connection> | null = null;
  #closed = false;

  constructor(name: string) {
    this.sharedAs = name;
    this.#channel = new BroadcastChannel(`expeditor storage ${name}`);
    this.#channel.onmessage = ({ data }: { readonly data: unknown }) => {
      if (typeof data === 'string') this.#listeners.tell(data);
    };
  }

  entries(space: string): Promise<readonly Entry[]> {
    return this.#settle(async () => {
      // An array sorts above every string.
      const range = browser().IDBKeyRange.bound([space], [space, []]);
      const read = async (connection: Connection): Promise<readonly Entry[]> => {
        const { store } = connection.transaction('entries');
        const [keys, texts] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
        return keys.map(([, key], index) => ({
          key,
          value: JSON.parse(texts[index] ?? '') as unknown,
        }));
      };
      return this.#connected(read);
    });
  }

  append(space: string, value: unknown): Promise<string> {
    return this.#settle(async () => {
      const text = valueText(value);
      const key = await this.#write(async (transaction) => {
        const appended = transaction.objectStore('appended');
        const count = ((await appended.get(space)) ?? 0) + 1;
        const given = appendKey(count);
        await Promise.all([
          appended.put(count, space),
          transaction.objectStore('entries').put(text, [space, given]),
        ]);
        return given;
      });
      this.#channel.postMessage(space);
      return key;
    });
  }

  update<Value>(
    space: string,
    key: string,
    change: (held: Value | undefined) => Value | undefined,
  ): Promise<Value | undefined> {
    return this.#settle(async () => {
      const { changed, isNew } = await this.#write(async (transaction) => {
        const text = await transaction.objectStore('entries').get([space, key]);
        const held = storedValue(text) as Value | undefined;
        const made = change(held);
        if (made === held) return { changed: made, isNew: false };
        await put(transaction, space, changeTexts(new Map([[key, made]])));
        return { changed: made, isNew: true };
      });
      if (isNew) this.#channel.postMessage(space);
      return changed;
    });
  }

  write(space: string, changes: ReadonlyMap<string, unknown>): Promise<void> {
    return this.#settle(async () => {
      const texts = changeTexts(changes);
      await this.#write((transaction) => put(transaction, space, texts));
      this.#channel.postMessage(space);
    });
  }

  onForeignWrite(space: string, listener: () => void): Cancel {
    return this.#listeners.add((written) => {
      if (written === space) listener();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    this.#channel.close();
    const connection = this.#connection;
    this.#connection = null;
    (await connection)?.close();
  }

  /** `work` waits for nothing but the transaction's requests, or the browser would commit it too early. */
  async #write<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const { done, result } = await this.#connected(async (connection) => {
      const transaction = connection.transaction(STORES, 'readwrite', { durability: 'strict' });
      // Wrapped, since its end is waited for outside: from there on nothing may be tried again.
      const ended = { done: transaction.done };
      ended.done.catch(() => undefined);
      try {
        return { ...ended, result: await work(transaction) };
      } catch (error) {
        abort(transaction);
        await ended.done.catch(() => undefined);
        throw error;
      }
    });
    try {
      await done;
    } catch (error) {
      throw commitFailure(error);
    }
    return result;
  }

  /** Browsers end connections of their own accord; then it is opened again, once a call. */
  async #connected<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#open());
    } catch (error) {
      if (!LOST.has(nameOf(error))) throw failureOf(error);
      this.#connection = null;
    }
    try {
      return await work(await this.#open());
    } catch (error) {
      throw failureOf(error);
    }
  }

  #open(): Promise<Connection> {
    if (this.#connection !== null) return this.#connection;
    const forget = (): void => {
      if (this.#connection === opening) this.#connection = null;
    };
    const opening = connect(this.sharedAs, forget);
    this.#connection = opening;
    opening.catch(forget);
    return opening;
  }

  #settle<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closed) return Promise.reject(storageClosed());
    const promise = work();
    this.#underWay.add(promise);
    const settled = (): void => {
      this.#underWay.delete(promise);
    };
    promise.then(settled, settled);
    return promise;
  }
}

async function put(
  transaction: Transaction,
  space: string,
  texts: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const entries = transaction.objectStore('entries');
  await Promise.all(
    [...texts].map(([key, text]) =>
      text === undefined ? entries.delete([space, key]) : entries.put(text, [space, key]),
    ),
  );
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It had ended by itself.
  }
}
