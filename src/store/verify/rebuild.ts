/**
 * Rebuilds what a store held at some moment, from its events alone, as a database of its own: rows, status logs, heads,
 * history up to then, and the summaries of the shifts that were closed by then. Personal values come along where the row
 * still holds the one that the event tells of. Keys, logins and PINs do not: the copy is for looking, not for going on.
 */
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { migrate } from '../migrations/migrate.js';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { untilArchiveStands } from './archive/archive-moved.js';
import { ArchivedEvents } from './archive/archived-events.js';
import { ArchivedOrders } from './archive/archived-orders.js';
import { SegmentFiles } from './archive/segments.js';
import { EventChain, type StoredEvent } from './event-chain.js';
import { Findings } from './findings.js';
import { Fold } from './fold.js';
import { resolvePersonal } from './personal.js';
import { ClosedShifts } from './reports/closed-shifts.js';
import { Scratch } from './scratch.js';
import { versionedTables, type TableShape } from './table-shape.js';
import { RebuiltFile } from './rebuilt-file.js';

/** The last moment that is still in it, in epoch milliseconds; or a version of one branch, and what others had done by then. */
export type Until =
  { readonly at: number } | { readonly branchId: string; readonly version: number };

export interface RebuildOptions {
  /** Path of the database file; a hub may be running on it. */
  readonly file: string;
  /** Path of the new file. */
  readonly into: string;
  readonly until: Until;
  readonly onProgress?: (step: 'archive' | 'events' | 'rows', done: number, total: number) => void;
}

export interface Rebuilt {
  readonly events: number;
  /** Each branch that there was, with its last version. */
  readonly branches: readonly (readonly [id: string, version: number])[];
  /** What does not agree with the history, in words; null: nothing was found. */
  readonly difference: string | null;
}

/** Throws StoreOpenError where the source cannot be read, the moment is none of its history, or `into` is there already. */
export function rebuildAt(options: RebuildOptions): Promise<Rebuilt> {
  const { file } = options;
  return untilArchiveStands({ operation: 'replay', file }, () => rebuildOnce(options));
}

async function rebuildOnce(options: RebuildOptions): Promise<Rebuilt> {
  const { file, into } = options;
  if (existsSync(into)) throw refused(into, 'it is there already', 'give the path of a new file');
  const source = opened(file);
  const fresh = `${into}.new`;
  rmSync(fresh, { force: true });
  try {
    source.exec('BEGIN');
    const target = new Database(fresh);
    let rebuilt: Rebuilt;
    try {
      migrate(target);
      rebuilt = await new Rebuilding({ source, target, options }).run();
    } finally {
      target.close();
    }
    renameSync(fresh, into);
    return rebuilt;
  } finally {
    rmSync(fresh, { force: true });
    source.close();
  }
}

function opened(file: string): Database.Database {
  try {
    const source = new Database(file, { readonly: true, fileMustExist: true });
    source.prepare('SELECT id FROM archive_segment LIMIT 1').get();
    return source;
  } catch (error) {
    throw refused(file, messageOf(error), 'give the --data directory of a hub');
  }
}

function refused(path: string, reason: string, hint: string): StoreOpenError {
  return new StoreOpenError({ operation: 'replay', path, reason, hint });
}

const PAGE_EVENTS = 500;

class Rebuilding {
  readonly #source: Database.Database;
  readonly #target: RebuiltFile;
  readonly #options: RebuildOptions;
  readonly #findings = new Findings();
  readonly #tables: ReadonlyMap<string, TableShape>;
  readonly #tell: NonNullable<RebuildOptions['onProgress']>;

  constructor(parts: {
    readonly source: Database.Database;
    readonly target: Database.Database;
    readonly options: RebuildOptions;
  }) {
    this.#source = parts.source;
    this.#target = new RebuiltFile(parts.target);
    this.#options = parts.options;
    this.#tables = versionedTables(parts.source);
    this.#tell = parts.options.onProgress ?? (() => undefined);
  }

  async run(): Promise<Rebuilt> {
    const files = new SegmentFiles(this.#options.file, this.#findings);
    new ArchivedOrders(this.#source, this.#tables, this.#findings).gather(files, (done, total) => {
      this.#tell('archive', done, total);
    });
    // Where a fold stops is no place at which a segment ends: that is not looked at.
    const archived = new ArchivedEvents(this.#source, files, new Findings());
    this.#target.begin();
    const branches = await this.#fold(archived);
    if (branches.length === 0) {
      throw refused(this.#options.file, 'nothing had happened by then', 'give a later --until');
    }
    const { difference } = this.#findings.report();
    let done = 0;
    for (const shape of this.#tables.values()) {
      resolvePersonal(this.#source, shape, this.#findings);
      this.#target.copyRows(this.#source, shape);
      done += 1;
      this.#tell('rows', done, this.#tables.size);
      await setImmediate();
    }
    this.#target.copySummaries(this.#source);
    this.#target.finish(randomUUID());
    const last = branches.map(({ id, chain }) => [id, chain.version] as const);
    return { events: this.#findings.counts.events, branches: last, difference };
  }

  async #fold(archived: ArchivedEvents): Promise<{ id: string; chain: EventChain }[]> {
    const scratch = new Scratch(this.#source, this.#tables);
    const fold = new Fold(this.#source, scratch, this.#findings);
    const shifts = new ClosedShifts(this.#source, this.#findings);
    const isIn = this.#condition();
    const living = this.#source.prepare('SELECT count(*) FROM main.sync_event').pluck().get();
    const total = archived.total + (living as number);
    const page = this.#source.prepare<[string, number]>(
      `SELECT * FROM main.sync_event WHERE branch_id = ? AND version > ?
       ORDER BY version LIMIT ${String(PAGE_EVENTS)}`,
    );
    const branches: { id: string; chain: EventChain }[] = [];
    let seen = 0;
    for (const id of this.#branches(archived)) {
      const chain = new EventChain(this.#findings);
      let read = 0;
      let isOver = false;
      const follow = (event: StoredEvent): void => {
        seen += 1;
        read = event.version;
        isOver ||= !isIn(event);
        if (isOver) return;
        if (event.version !== chain.version + 1) throw this.#gap(id, chain.version + 1);
        chain.follow(event);
        shifts.follow(event, fold.apply(event));
        this.#target.addEvent(event);
        this.#findings.counts.events += 1;
      };
      archived.each(id, chain, follow);
      for (;;) {
        const events = page.all(id, read) as StoredEvent[];
        for (const event of events) follow(event);
        this.#tell('events', seen, total);
        if (events.length < PAGE_EVENTS) break;
        await setImmediate();
      }
      this.#expectReached(id, chain);
      if (chain.version === 0) continue;
      this.#target.addHead(id, chain);
      branches.push({ id, chain });
    }
    return branches;
  }

  #gap(branchId: string, version: number): StoreOpenError {
    const reason = `event ${String(version)} of branch ${branchId} cannot be read`;
    return refused(this.#options.file, reason, 'expeditor verify says more');
  }

  #expectReached(id: string, { version }: EventChain): void {
    const { until, file } = this.#options;
    if (!('version' in until) || id !== until.branchId || version === until.version) return;
    const reason = `branch ${id} ends at version ${String(version)}`;
    throw refused(file, reason, 'give an earlier --until');
  }

  #branches(archived: ArchivedEvents): string[] {
    const living = this.#source
      .prepare('SELECT DISTINCT branch_id FROM main.sync_event')
      .pluck()
      .all() as string[];
    const { until } = this.#options;
    const all = [...new Set([...archived.branches, ...living])].sort();
    // The branch whose version is named is folded first: it says at what time that was.
    if (!('version' in until)) return all;
    return [until.branchId, ...all.filter((id) => id !== until.branchId)];
  }

  #condition(): (event: StoredEvent) => boolean {
    const { until } = this.#options;
    if ('at' in until) return ({ at }) => at <= until.at;
    let reachedAt = -Infinity;
    return ({ branch_id, version, at }) => {
      if (branch_id !== until.branchId) return at <= reachedAt;
      if (version === until.version) reachedAt = at;
      return version <= until.version;
    };
  }
}
