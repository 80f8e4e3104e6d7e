/**
 * A channel on the device's disk: its rows, and a head that says how far they reach and whose they are. A save writes both at
 * once, and only the rows that changed since the last; a crash between two saves makes the catch-up bigger, nothing else.
 *
 * Of several clients on one storage a single one saves: it renews its claim before each save. Who finds that another one has
 * saved since writes everything, for what it knows of the disk no longer holds.
 */
import type { Cancel, Clock, Timers } from '../../base/clock.js';
import type { ChangedRows, Position, ReplicaTable } from '../../protocol/apply.js';
import type { Principal, ViewRow } from '../../protocol/messages.js';
import type { ClientStorage, Entry } from '../storage/storage.js';
import type { RowChange } from './tables.js';

/** What decides which channels and columns a login is shown. */
export type Identity = Pick<Principal, 'branch_id' | 'role'>;

export function sameIdentity(one: Identity, other: Identity): boolean {
  return one.branch_id === other.branch_id && one.role === other.role;
}

export interface SavedState {
  readonly position: Position;
  readonly identity: Identity;
  readonly rows: ChangedRows;
}

/** What is to be saved, as it stands at the moment. */
export interface SavedSource {
  readonly tables: ReadonlyMap<string, ReplicaTable>;
  /** Null: it holds nothing. */
  readonly reached: Pick<SavedState, 'position' | 'identity'> | null;
}

export interface SavedChannelOptions {
  readonly storage: ClientStorage;
  readonly timers: Timers;
  readonly clock: Clock;
  /** Names this client among those that share the storage. */
  readonly writer: string;
  /** The storage has failed: nothing is saved any more. */
  readonly failed: (cause: unknown) => void;
}

interface Head extends Position {
  readonly identity: Identity;
  readonly savedAt: number;
}

interface Claim {
  readonly writer: string;
  /** Counts the claims of this channel, whoever made them. */
  readonly count: number;
  /** Another client may save from then on, by the device's clock. */
  readonly until: number;
}

/** Changes of so long are saved together. */
const SAVE_MS = 2_000;
/** A client that was reloaded or died holds up another for so long. */
const CLAIM_MS = 15_000;
/** A channel with more rows is not saved. A busy branch's day has 15,000. */
const SAVED_ROWS_MAX = 20_000;

const HEAD = 'head';
const WRITER = 'writer';

export class SavedChannel {
  readonly #space: string;
  readonly #source: SavedSource;
  readonly #options: SavedChannelOptions;
  /** Keys of rows that changed since the last save. */
  #dirty = new Map<string, ViewRow | null>();
  /** The last claim under which the disk held what this client knows; null: everything is to be written. */
  #known: Claim | null = null;
  /** The claim under which the disk held what was read from it. */
  #read: Claim | null = null;
  #state: 'clean' | 'waiting' | 'saving' | 'ended' = 'clean';
  #changedMeanwhile = false;
  #cancelWait: Cancel = () => undefined;

  constructor(channel: string, source: SavedSource, options: SavedChannelOptions) {
    this.#space = spaceOf(channel);
    this.#source = source;
    this.#options = options;
  }

  /** Null: nothing is saved. */
  async restore(): Promise<SavedState | null> {
    const entries = await this.#options.storage.entries(this.#space);
    let head: Head | null = null;
    const rows = new Map<string, Map<string, ViewRow>>();
    for (const { key, value } of entries) {
      if (key === HEAD) head = value as Head;
      else if (key === WRITER) this.#read = value as Claim;
      else addRow(rows, key, value as ViewRow);
    }
    if (head === null) return null;
    const { epoch, version, identity } = head;
    return { position: { epoch, version }, identity, rows };
  }

  /** What was read is what the next changes are made to. */
  taken(): void {
    this.#known = this.#read;
  }

  /** These rows are others now, or only the position is. */
  changed(changes: readonly RowChange[]): void {
    if (this.#state === 'ended') return;
    for (const { table, id, after } of changes) this.#dirty.set(rowKey(table, id), after);
    if (this.#state === 'saving') this.#changedMeanwhile = true;
    if (this.#state === 'clean') this.#wait(SAVE_MS);
  }

  /** Saves at once what waits. */
  flush(): void {
    if (this.#state !== 'waiting') return;
    this.#cancelWait();
    this.#state = 'saving';
    this.#save().then(
      (isMine) => {
        this.#saved(isMine);
      },
      (cause: unknown) => {
        this.end();
        this.#options.failed(cause);
      },
    );
  }

  /** It is saved no longer; what is saved stays. */
  end(): void {
    this.#state = 'ended';
    this.#cancelWait();
  }

  #wait(delayMs: number): void {
    this.#state = 'waiting';
    this.#cancelWait = this.#options.timers.after(delayMs, () => {
      this.flush();
    });
  }

  #saved(isMine: boolean): void {
    if (this.#state !== 'saving') return;
    const again = this.#changedMeanwhile;
    this.#changedMeanwhile = false;
    this.#state = 'clean';
    if (!isMine) this.#wait(CLAIM_MS);
    else if (again) this.#wait(SAVE_MS);
  }

  /** Whether this client is the one that saves; where it is not, what changed is kept for later. */
  async #save(): Promise<boolean> {
    const { storage } = this.#options;
    const { claim, before } = await this.#claim();
    if (!this.#isKnown(before)) this.#known = null;
    if (claim.writer !== this.#options.writer) {
      if (this.#known === null) this.#dirty.clear();
      return false;
    }
    const rowsAreKnown = this.#known !== null && this.#fits();
    const stored = rowsAreKnown ? null : await storage.entries(this.#space);
    const changes = this.#changes(stored);
    if (changes === null) return true;
    this.#dirty = new Map();
    await storage.write(this.#space, changes);
    // Without its head the disk holds nothing that could be gone on from.
    this.#known = changes.get(HEAD) === undefined ? null : claim;
    return true;
  }

  #isKnown(before: Claim | null): boolean {
    const known = this.#known;
    return known !== null && known.writer === before?.writer && known.count === before.count;
  }

  #fits(): boolean {
    let rows = 0;
    for (const { size } of this.#source.tables.values()) rows += size;
    return rows <= SAVED_ROWS_MAX;
  }

  async #claim(): Promise<{ claim: Claim; before: Claim | null }> {
    const { storage, clock, writer } = this.#options;
    let before: Claim | null = null;
    const claim = await storage.update<Claim>(this.#space, WRITER, (held) => {
      before = held ?? null;
      const now = clock.now();
      const isFree = held === undefined || held.writer === writer || held.until <= now;
      if (!isFree) return held;
      return { writer, count: (held?.count ?? 0) + 1, until: now + CLAIM_MS };
    });
    if (claim === undefined) throw new Error('a claim was removed while it was made');
    return { claim, before };
  }

  /** `stored` null: what changed; else everything, and those of the stored rows that are not there any more go. */
  #changes(stored: readonly Entry[] | null): Map<string, unknown> | null {
    const { reached } = this.#source;
    if (reached === null || this.#state === 'ended') return null;
    const changes = new Map<string, unknown>();
    for (const { key } of stored ?? []) if (key !== WRITER) changes.set(key, undefined);
    if (!this.#fits()) return changes;
    if (stored === null) {
      for (const [key, row] of this.#dirty) changes.set(key, row ?? undefined);
    } else {
      for (const [table, rows] of this.#source.tables) {
        for (const [id, row] of rows) changes.set(rowKey(table, id), row);
      }
    }
    const { position, identity } = reached;
    const head: Head = { ...position, identity, savedAt: this.#options.clock.now() };
    return changes.set(HEAD, head);
  }
}

export function spaceOf(channel: string): string {
  return `channel:${channel}`;
}

function rowKey(table: string, id: string): string {
  return `${table}/${id}`;
}

function addRow(rows: Map<string, Map<string, ViewRow>>, key: string, row: ViewRow): void {
  const table = key.slice(0, key.indexOf('/'));
  const ofTable = rows.get(table);
  if (ofTable === undefined) rows.set(table, new Map([[row.id, row]]));
  else ofTable.set(row.id, row);
}
