/**
 * Writes everything of a data directory into open formats: a directory with a file a table, a manifest and checksums. It
 * stands under its name only when it is whole and on the disk; where it cannot be made, nothing is left of it.
 */
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SegmentError } from '../archive/segment-format.js';
import { ORDER_TABLES } from '../archive/order-record.js';
import { PART_ENDING } from '../backup/backup-name.js';
import { describeCopy, syncPath } from '../backup/database-copy.js';
import { MANIFEST_NAME, SUMS_NAME } from '../backup/manifest.js';
import { MIGRATIONS } from '../migrations/migrate.js';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import type { BranchHead } from '../sqlite/messages.js';
import { DATABASE_NAME } from '../sqlite/open.js';
import { ArchiveMoved, isNamed, untilArchiveStands } from '../verify/archive/archive-moved.js';
import { ExportSource } from './export-source.js';
import { EVENT_TABLE, EXPORTED_TABLES, PLAIN_TABLES } from './exported-tables.js';
import { rowText, type ExportFormat } from './row-text.js';
import { TableFile, type FileEntry } from './table-file.js';

export const EXPORT_FORMAT = 1;

export interface ExportOptions {
  /** The data directory; a hub may run on it. */
  readonly data: string;
  /** A directory that does not exist, or is empty. */
  readonly to: string;
  readonly format: ExportFormat;
  /** null: all. */
  readonly branchId: string | null;
  /** Version of this program. */
  readonly program: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly onProgress?: (progress: ExportProgress) => void;
}

export interface ExportProgress {
  /** Counted in tables, orders and events. */
  readonly step: 'tables' | 'orders' | 'events';
  readonly done: number;
  readonly total: number;
}

export interface ExportManifest {
  readonly format: typeof EXPORT_FORMAT;
  readonly file_format: ExportFormat;
  readonly program: string;
  readonly schema_version: number;
  readonly epoch: string;
  /** UTC epoch milliseconds. */
  readonly created_at: number;
  /** null: all branches. */
  readonly branch: string | null;
  /** The newest commit of each branch that is in it. */
  readonly heads: readonly BranchHead[];
  readonly files: readonly FileEntry[];
}

/** Every so many orders or events it says how far it is. */
const TELL_EVERY = 500;

/** Rejects with StoreOpenError. Blocks its thread. */
export async function writeExport(options: ExportOptions): Promise<ExportManifest> {
  const { data } = options;
  const to = resolve(options.to);
  const file = join(data, DATABASE_NAME);
  try {
    return await untilArchiveStands({ operation: 'export', file }, () =>
      Promise.resolve(new ExportRun(file, { ...options, to }).make()),
    );
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError({
      operation: `export ${data} to`,
      path: to,
      reason: messageOf(error),
      hint: 'give the --data directory of a hub, and a new directory with room for it',
    });
  }
}

class ExportRun {
  readonly #file: string;
  readonly #options: ExportOptions;
  readonly #part: string;
  readonly #tell: (progress: ExportProgress) => void;

  constructor(file: string, options: ExportOptions) {
    this.#file = file;
    this.#options = options;
    this.#part = options.to + PART_ENDING;
    this.#tell = options.onProgress ?? (() => undefined);
  }

  make(): ExportManifest {
    const { to } = this.#options;
    if (existsSync(to) && readdirSync(to).length > 0) throw new Error('it is not empty');
    if (existsSync(this.#part)) {
      throw new Error(`${this.#part} is left of a run that was cut; remove it`);
    }
    const { schemaVersion, epoch } = describeCopy(this.#file);
    if (schemaVersion !== MIGRATIONS.length) {
      const versions = `${String(schemaVersion)}, this program exports ${String(MIGRATIONS.length)}`;
      throw new Error(
        `its schema is version ${versions}; start its own hub, or a newer one, on it`,
      );
    }
    mkdirSync(this.#part, { recursive: true, mode: 0o700 });
    try {
      const manifest = this.#write(schemaVersion, epoch);
      syncPath(this.#part);
      renameSync(this.#part, to);
      syncPath(dirname(to));
      return manifest;
    } catch (error) {
      rmSync(this.#part, { recursive: true, force: true });
      throw error;
    }
  }

  #write(schemaVersion: number, epoch: string): ExportManifest {
    const { program, at, format, branchId } = this.#options;
    const manifest = this.#reading((source): ExportManifest => ({
      ...{ format: EXPORT_FORMAT, file_format: format, program, schema_version: schemaVersion },
      ...{ epoch, created_at: at, branch: branchId, heads: source.heads },
      files: this.#files(source),
    }));
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    const own = createHash('sha256').update(text).digest('hex');
    const sums = [{ name: MANIFEST_NAME, sha256: own }, ...manifest.files]
      .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
      .join('');
    for (const [name, content] of [
      [MANIFEST_NAME, text],
      [SUMS_NAME, sums],
    ] as const) {
      writeFileSync(join(this.#part, name), content, { mode: 0o600, flush: true });
    }
    return manifest;
  }

  /** One transaction: one moment, however long it takes and whatever a hub commits meanwhile. */
  #reading<Result>(read: (source: ExportSource) => Result): Result {
    const database = new Database(this.#file, { readonly: true, fileMustExist: true });
    try {
      database.exec('BEGIN');
      return read(new ExportSource(database, this.#options.branchId));
    } catch (error) {
      throw error instanceof SegmentError ? this.#segmentFault(database, error) : error;
    } finally {
      database.close();
    }
  }

  /** Damage, or the archive went on since the moment that is read. */
  #segmentFault(database: Database.Database, error: SegmentError): Error {
    const row = database
      .prepare('SELECT branch_id, id, sha256 FROM archive_segment WHERE id = ?')
      .get(basename(error.path, '.segment')) as Parameters<typeof isNamed>[1] | undefined;
    if (row === undefined || isNamed(this.#file, row)) return error;
    return new ArchiveMoved(`segment ${row.id} was replaced or taken away while it was exported`);
  }

  #files(source: ExportSource): FileEntry[] {
    const open = new Map<string, TableFile>();
    try {
      for (const table of EXPORTED_TABLES) {
        const text = rowText(this.#options.format, table, source.columns(table));
        open.set(table, new TableFile(this.#part, `${table}.${this.#options.format}`, text));
      }
      const fileOf = (table: string): TableFile => {
        const file = open.get(table);
        if (file === undefined) throw new Error(`${table} is not exported`);
        return file;
      };
      this.#addTables(source, fileOf);
      this.#addOrders(source, fileOf);
      this.#addEvents(source, fileOf(EVENT_TABLE));
      return [...open.values()].map((file) => file.finish());
    } finally {
      for (const file of open.values()) file.close();
    }
  }

  #addTables(source: ExportSource, fileOf: (table: string) => TableFile): void {
    for (const [done, table] of PLAIN_TABLES.entries()) {
      this.#tell({ step: 'tables', done, total: PLAIN_TABLES.length });
      const file = fileOf(table);
      for (const row of source.rows(table)) file.add(row);
    }
  }

  #addOrders(source: ExportSource, fileOf: (table: string) => TableFile): void {
    const total = source.orderCount();
    let done = 0;
    for (const record of source.orders()) {
      for (const table of ORDER_TABLES) {
        const file = fileOf(table);
        for (const row of record[table]) file.add(source.cells(table, row as never));
      }
      done += 1;
      if (done % TELL_EVERY === 0) this.#tell({ step: 'orders', done, total });
    }
  }

  #addEvents(source: ExportSource, file: TableFile): void {
    const total = source.eventCount();
    let done = 0;
    for (const row of source.events()) {
      file.add(row);
      done += 1;
      if (done % TELL_EVERY === 0) this.#tell({ step: 'events', done, total });
    }
  }
}
