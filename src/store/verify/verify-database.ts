/**
 * Verifies a database from its own history: folds every event into scratch tables and compares all that is stored with
 * what comes out. It shares no code with the commit, reads in one transaction on a connection of its own (also beside a
 * running hub), and writes nothing.
 */
import Database from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { untilArchiveStands } from './archive/archive-moved.js';
import { ArchivedEvents } from './archive/archived-events.js';
import { ArchivedOrders } from './archive/archived-orders.js';
import { checkStates, SegmentFiles } from './archive/segments.js';
import { compareTable } from './compare.js';
import { EventChain, type StoredEvent } from './event-chain.js';
import { Findings, type VerifyReport } from './findings.js';
import { Fold } from './fold.js';
import { checkHeads } from './heads.js';
import { checkMoney } from './money.js';
import { resolvePersonal } from './personal.js';
import { checkReferences } from './references.js';
import { checkExpected, checkRemembered, readRemembered, type ExpectedHead } from './remembered.js';
import { checkSummaries } from './reports/check-summaries.js';
import { checkZReports } from './reports/check-z-reports.js';
import { ClosedShifts } from './reports/closed-shifts.js';
import { Scratch } from './scratch.js';
import { StoredKeys } from './stored-keys.js';
import { versionedTables, type TableShape } from './table-shape.js';

export interface VerifyProgress {
  readonly step: 'file' | 'archive' | 'events' | 'rows' | 'money' | 'reports';
  /** Events folded or tables compared so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export interface VerifyOptions {
  /** Path of the database file. */
  readonly file: string;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Heads that the database must hold. Default: none but those in `heads.json` beside it. */
  readonly expectedHeads?: readonly ExpectedHead[];
}

/** Events read at a time; between two pages the event loop turns. */
const PAGE_EVENTS = 500;
const CACHE_KIB = 64 * 1024;
/** Faults of the file's own structure that are looked for. */
const FILE_FAULTS_MAX = 100;

/** Throws StoreOpenError where the file cannot be read or is no hub's database; whatever is wrong in it stands in the report. */
export function verifyDatabase(options: VerifyOptions): Promise<VerifyReport> {
  return untilArchiveStands({ operation: 'verify', file: options.file }, () => verifyOnce(options));
}

async function verifyOnce(options: VerifyOptions): Promise<VerifyReport> {
  const { database, remembered } = openToRead(options.file);
  try {
    // One snapshot for all checks, however long they take and whatever a running hub commits meanwhile.
    database.exec('BEGIN');
    return await new Verification(database, remembered, options).run();
  } finally {
    database.close();
  }
}

interface Opened {
  readonly database: Database.Database;
  /** Text of what was remembered beside the file, read before its snapshot is taken. */
  readonly remembered: string | null;
}

function openToRead(file: string): Opened {
  let database: Database.Database | undefined;
  try {
    const remembered = readRemembered(file);
    database = new Database(file, { readonly: true, fileMustExist: true });
    database.pragma(`cache_size = -${String(CACHE_KIB)}`);
    database.prepare('SELECT version FROM sync_event LIMIT 1').get();
    database.prepare('SELECT id FROM archive_segment LIMIT 1').get();
    return { database, remembered };
  } catch (error) {
    database?.close();
    throw new StoreOpenError({
      operation: 'verify',
      path: file,
      reason: messageOf(error),
      hint: 'give the --data directory of a hub',
    });
  }
}

class Verification {
  readonly #database: Database.Database;
  readonly #remembered: string | null;
  readonly #tables: ReadonlyMap<string, TableShape>;
  readonly #findings = new Findings();
  readonly #files: SegmentFiles;
  readonly #expected: readonly ExpectedHead[];
  readonly #onProgress: (progress: VerifyProgress) => void;

  constructor(database: Database.Database, remembered: string | null, options: VerifyOptions) {
    this.#database = database;
    this.#remembered = remembered;
    this.#tables = versionedTables(database);
    this.#files = new SegmentFiles(options.file, this.#findings);
    this.#expected = options.expectedHeads ?? [];
    this.#onProgress = options.onProgress ?? (() => undefined);
  }

  async run(): Promise<VerifyReport> {
    try {
      await this.#checkAll();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#findings.add('file', `the file is damaged: ${error.message}`);
    }
    return this.#findings.report();
  }

  async #checkAll(): Promise<void> {
    this.#checkFile();
    this.#gatherOrders();
    const chains = await this.#foldEvents();
    await this.#compareRows();
    checkHeads(this.#database, chains, this.#findings);
    StoredKeys.checkAstray(this.#database, this.#findings);
    checkReferences(this.#database, this.#findings);
    this.#onProgress({ step: 'money', done: 0, total: 1 });
    await setImmediate();
    checkMoney(this.#database, this.#findings);
    this.#onProgress({ step: 'money', done: 1, total: 1 });
    this.#onProgress({ step: 'reports', done: 0, total: 1 });
    await setImmediate();
    checkZReports(this.#database, this.#findings);
    checkSummaries(this.#database, this.#findings);
    this.#onProgress({ step: 'reports', done: 1, total: 1 });
    checkRemembered(this.#database, this.#remembered, this.#findings);
    checkExpected(this.#database, this.#expected, this.#findings);
  }

  /** What SQLite itself finds wrong with the file: broken pages, indexes that disagree with their table. */
  #checkFile(): void {
    this.#onProgress({ step: 'file', done: 0, total: 1 });
    const faults = this.#database
      .prepare(`PRAGMA main.integrity_check(${String(FILE_FAULTS_MAX)})`)
      .pluck()
      .all() as string[];
    this.#onProgress({ step: 'file', done: 1, total: 1 });
    const [first] = faults;
    if (first === undefined || first === 'ok') return;
    this.#findings.add('file', `the file is damaged: ${first}`, faults.length);
  }

  #gatherOrders(): void {
    checkStates(this.#database, this.#findings);
    const orders = new ArchivedOrders(this.#database, this.#tables, this.#findings);
    orders.gather(this.#files, (done, total) => {
      this.#onProgress({ step: 'archive', done, total });
    });
  }

  async #foldEvents(): Promise<Map<string, EventChain>> {
    const archived = new ArchivedEvents(this.#database, this.#files, this.#findings);
    const living = this.#database.prepare('SELECT count(*) FROM main.sync_event').pluck().get();
    const total = archived.total + (living as number);
    const branches = this.#branches(archived);
    const page = this.#database.prepare<[string, number]>(
      `SELECT * FROM main.sync_event WHERE branch_id = ? AND version > ?
       ORDER BY version LIMIT ${String(PAGE_EVENTS)}`,
    );
    const follow = this.#follower();
    const chains = new Map<string, EventChain>();
    for (const branchId of branches) {
      const chain = new EventChain(this.#findings);
      chains.set(branchId, chain);
      archived.each(branchId, chain, (event) => {
        follow(event, chain);
        if (chain.version % PAGE_EVENTS === 0) this.#tellEvents(total);
      });
      for (;;) {
        const events = page.all(branchId, chain.version) as StoredEvent[];
        for (const event of events) follow(event, chain);
        this.#tellEvents(total);
        if (events.length < PAGE_EVENTS) break;
        await setImmediate();
      }
    }
    this.#findings.counts.branches = branches.length;
    return chains;
  }

  /** Folds one event, in the order of its chain. */
  #follower(): (event: StoredEvent, chain: EventChain) => void {
    const scratch = new Scratch(this.#database, this.#tables);
    const fold = new Fold(this.#database, scratch, this.#findings);
    const keys = new StoredKeys(this.#database, this.#findings);
    const shifts = new ClosedShifts(this.#database, this.#findings);
    return (event, chain) => {
      chain.follow(event);
      const written = fold.apply(event);
      keys.check(event, written);
      shifts.follow(event, written);
      this.#findings.counts.events += 1;
    };
  }

  #branches(archived: ArchivedEvents): string[] {
    const living = this.#database
      .prepare('SELECT DISTINCT branch_id FROM main.sync_event')
      .pluck()
      .all() as string[];
    return [...new Set([...archived.branches, ...living])].sort();
  }

  #tellEvents(total: number): void {
    this.#onProgress({ step: 'events', done: this.#findings.counts.events, total });
  }

  async #compareRows(): Promise<void> {
    let done = 0;
    for (const shape of this.#tables.values()) {
      resolvePersonal(this.#database, shape, this.#findings);
      compareTable(this.#database, shape, this.#findings);
      done += 1;
      this.#onProgress({ step: 'rows', done, total: this.#tables.size });
      await setImmediate();
    }
  }
}

/** What SQLite throws when a page that it needs makes no sense. */
function isDamage(error: unknown): error is Error {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CORRUPT');
}
