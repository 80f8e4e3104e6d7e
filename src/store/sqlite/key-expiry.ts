/**
 * Takes away idempotency keys whose time is over, oldest first, in steps of about 2 ms between the groups of commits. Keys
 * lie in the order in which they came, so a round ends where it meets one that still holds. A step syncs nothing: what a
 * crash undoes of it the next round does again, and every state in between is a valid one.
 */
import type { Database, Statement } from 'better-sqlite3';
import { KEY_KEPT_MS } from './commit-writer.js';
import type { DiskDurability } from './messages.js';
import { noteKeysExpired } from './run-record.js';

/** No group waits much longer than this for a step. */
const STEP_MS = 2;
/** Between two steps: nine tenths of the time belong to the commits. */
const PAUSE_MS = 20;
const STEP_KEYS = { first: 32, least: 4, most: 512 } as const;

export const EXPIRING_SQL = {
  oldest: `SELECT rowid, expires_at FROM idempotency_request WHERE rowid > ? ORDER BY rowid LIMIT ?`,
  remove: `DELETE FROM idempotency_request WHERE rowid > ? AND rowid <= ? AND expires_at <= ?`,
} as const;

interface KeyRow {
  readonly rowid: number;
  readonly expires_at: number;
}

export interface KeyExpiryOptions {
  readonly durability: DiskDurability;
  /** After each step that took keys away. */
  readonly onExpired: (keys: number) => void;
  /** The round is given up; the next one tries again, unless the database can no longer be trusted. */
  readonly onError: (error: unknown) => void;
}

export class KeyExpiry {
  readonly #database: Database;
  readonly #options: KeyExpiryOptions;
  readonly #oldest: Statement<[number, number], KeyRow>;
  readonly #remove: Statement<[number, number, number]>;
  #now = 0;
  /** Keys up to here were looked at in this round. */
  #place = 0;
  #stepKeys: number = STEP_KEYS.first;
  #timer: NodeJS.Timeout | null = null;

  constructor(database: Database, options: KeyExpiryOptions) {
    this.#database = database;
    this.#options = options;
    this.#oldest = database.prepare<[number, number], KeyRow>(EXPIRING_SQL.oldest);
    this.#remove = database.prepare<[number, number, number]>(EXPIRING_SQL.remove);
  }

  /** Begins a round, unless one is under way. `now`: by the clock that dates the keys. */
  begin(now: number): void {
    this.#now = now;
    if (this.#timer !== null) return;
    this.#place = 0;
    this.#step();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #step(): void {
    this.#timer = null;
    try {
      if (!this.#expireSome()) return;
    } catch (error) {
      this.#options.onError(error);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#step();
    }, PAUSE_MS);
  }

  /** False: the round is over. */
  #expireSome(): boolean {
    const begun = performance.now();
    const wanted = this.#stepKeys;
    const keys = this.#oldest.all(this.#place, wanted);
    const last = keys.at(-1);
    if (last === undefined) return false;
    if (keys.some(({ expires_at: at }) => at <= this.#now)) this.#removeUpTo(last.rowid);
    this.#place = last.rowid;
    this.#pace(performance.now() - begun);
    return keys.length === wanted && !keys.some((key) => this.#holds(key));
  }

  /** A key of a clock that ran far ahead does not end the round: it would keep all that came after it. */
  #holds({ expires_at: at }: KeyRow): boolean {
    return at > this.#now && at <= this.#now + KEY_KEPT_MS;
  }

  #removeUpTo(last: number): void {
    const { durability, onExpired } = this.#options;
    let removed = 0;
    if (durability === 'full') this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database
        .transaction(() => {
          removed = this.#remove.run(this.#place, last, this.#now).changes;
          noteKeysExpired(this.#database, this.#now);
        })
        .immediate();
    } finally {
      if (durability === 'full') this.#database.pragma('synchronous = FULL');
    }
    onExpired(removed);
  }

  #pace(elapsedMs: number): void {
    const { least, most } = STEP_KEYS;
    if (elapsedMs > STEP_MS) this.#stepKeys = Math.max(least, Math.floor(this.#stepKeys / 2));
    else if (elapsedMs < STEP_MS / 4) this.#stepKeys = Math.min(most, this.#stepKeys * 2);
  }
}
