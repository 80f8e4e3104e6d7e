/**
 * The queue as it is stored, and its copy in memory. What the copy shows is on the disk; the writes of other clients on the
 * same storage are read as soon as they are told of. Reads and writes take their turns, so that none undoes another.
 */
import type { Cancel } from '../../base/clock.js';
import type { ClientStorage } from '../storage/storage.js';
import { Listeners } from '../listeners.js';
import type { QueueEntry, StoredEntry } from './entry.js';

const SPACE = 'queue';

/** An entry before and after; `before` null: it came, `after` null: it was removed. */
export interface EntryChange {
  readonly before: QueueEntry | null;
  readonly after: QueueEntry | null;
}

export class StoredQueue {
  readonly #storage: ClientStorage;
  readonly #listeners = new Listeners<readonly EntryChange[]>();
  readonly #forget: Cancel;
  /** By place, ascending. */
  #held = new Map<string, QueueEntry>();
  /** The same as a list; null: to be made anew. */
  #list: readonly QueueEntry[] | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #reading = false;

  constructor(storage: ClientStorage) {
    this.#storage = storage;
    this.#forget = storage.onForeignWrite(SPACE, () => {
      // A failed reading is followed by the next write's.
      this.read().catch(() => undefined);
    });
  }

  /** In the order in which they were queued. */
  get entries(): readonly QueueEntry[] {
    return (this.#list ??= [...this.#held.values()]);
  }

  get size(): number {
    return this.#held.size;
  }

  byKey(key: string): QueueEntry | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  /** Told once per write or reading, when it is done. */
  onChange(listener: (changes: readonly EntryChange[]) => void): Cancel {
    return this.#listeners.add(listener);
  }

  /** Reads what the storage holds. */
  read(): Promise<void> {
    if (this.#reading) return this.#turn.then(() => undefined);
    this.#reading = true;
    return this.#inTurn(async () => {
      this.#reading = false;
      const stored = await this.#storage.entries(SPACE);
      const before = this.#held;
      this.#held = new Map(
        stored.map(({ key: place, value }) => [
          place,
          unlessEqual(before.get(place) ?? null, { ...(value as StoredEntry), place }),
        ]),
      );
      this.#tell(differences(before, this.#held));
    });
  }

  append(entry: StoredEntry): Promise<QueueEntry> {
    return this.#inTurn(async () => {
      const place = await this.#storage.append(SPACE, entry);
      const after = { ...entry, place };
      this.#held.set(place, after);
      this.#tell([{ before: null, after }]);
      return after;
    });
  }

  /**
   * Undefined from `change`: leave it as it is. Resolves with the new entry; null where nothing was changed. Either way the
   * copy then shows what is stored, also where the client that wrote it died before it could tell.
   */
  change(
    place: string,
    change: (held: StoredEntry) => StoredEntry | undefined,
  ): Promise<QueueEntry | null> {
    return this.#inTurn(async () => {
      let next: StoredEntry | undefined;
      const stored = await this.#storage.update<StoredEntry>(SPACE, place, (held) => {
        next = held === undefined ? undefined : change(held);
        return next ?? held;
      });
      const after = this.#shows(place, stored);
      return next === undefined ? null : after;
    });
  }

  remove(places: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#storage.write(SPACE, new Map(places.map((place) => [place, undefined])));
      const changes: EntryChange[] = [];
      for (const place of places) {
        const before = this.#held.get(place);
        if (this.#held.delete(place) && before !== undefined) changes.push({ before, after: null });
      }
      this.#tell(changes);
    });
  }

  /** What is under way is finished; other clients' writes are not read any more. */
  close(): void {
    this.#forget();
  }

  /** Null: nothing is stored at that place. */
  #shows(place: string, stored: StoredEntry | undefined): QueueEntry | null {
    const before = this.#held.get(place) ?? null;
    const after = stored === undefined ? null : unlessEqual(before, { ...stored, place });
    if (after === before) return after;
    if (after === null) this.#held.delete(place);
    else this.#held.set(place, after);
    this.#tell([{ before, after }]);
    return after;
  }

  #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #tell(changes: readonly EntryChange[]): void {
    this.#list = null;
    if (changes.length > 0) this.#listeners.tell(changes);
  }
}

/** The held one where it is stored as the same text. */
function unlessEqual(held: QueueEntry | null, read: QueueEntry): QueueEntry {
  return held !== null && JSON.stringify(held) === JSON.stringify(read) ? held : read;
}

function differences(
  before: ReadonlyMap<string, QueueEntry>,
  after: ReadonlyMap<string, QueueEntry>,
): EntryChange[] {
  const changes: EntryChange[] = [];
  for (const [place, entry] of before) {
    if (!after.has(place)) changes.push({ before: entry, after: null });
  }
  for (const [place, entry] of after) {
    const was = before.get(place) ?? null;
    if (was !== entry) changes.push({ before: was, after: entry });
  }
  return changes;
}
