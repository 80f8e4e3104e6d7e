/**
 * Brings a backup back as a data directory. All of it is unpacked, checked and on the disk beside the old directory before
 * that is renamed away and the new one takes its name: a cut at any moment leaves one of both, whole.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openWriter } from '../sqlite/database.js';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { writeHeads } from '../sqlite/heads-file.js';
import { DATABASE_NAME } from '../sqlite/open.js';
import { takeOwnership } from '../sqlite/owner-lock.js';
import { beginHistory } from '../sqlite/run-record.js';
import type { VerifyReport } from '../verify/findings.js';
import { verifyDatabase } from '../verify/verify-database.js';
import { compactTime } from './backup-name.js';
import { expectNoCutRestore, restoredPath, restoringPath } from './cut-restore.js';
import { syncPath } from './database-copy.js';
import { unpack, type Unpacked } from './unpack.js';

export interface RestoreOptions {
  /** A backup, or a copy of a database that was made before an upgrade. */
  readonly from: string;
  /** The data directory. */
  readonly data: string;
  /** Keep what is in the directory aside, and take its place. */
  readonly replace: boolean;
  /** Stop when all was checked, and leave everything as it was. */
  readonly verifyOnly: boolean;
  /** Name of the history that begins: every client starts over from a snapshot. */
  readonly newEpoch: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

export interface Restored extends Unpacked {
  readonly report: VerifyReport;
  /** Where the old directory is now; null: there was none, or nothing was swapped. */
  readonly keptAside: string | null;
}

/** Files beside the database that are the machine's, not the history's. */
const TAKEN_OVER = ['token.key', 'token.key.previous'];

/** Rejects with StoreOpenError; then the data directory is as it was. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const given = options.data;
  const data = existsSync(given) ? realpathSync(given) : resolve(given);
  try {
    expectNoCutRestore(data, DATABASE_NAME);
    return await new RestoreRun({ ...options, data }).run();
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError({
      operation: `restore ${data} from`,
      path: options.from,
      reason: messageOf(error),
      hint: `nothing was changed in ${data}; try another backup, or make room beside it`,
    });
  }
}

class RestoreRun {
  readonly #options: RestoreOptions;
  readonly #staging: string;
  readonly #held: (() => void)[] = [];

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.#staging = restoringPath(options.data);
  }

  async run(): Promise<Restored> {
    const { data, verifyOnly } = this.#options;
    try {
      if (!verifyOnly) this.#own();
      this.#makeStaging();
      const checked = await this.#unpackAndCheck();
      if (verifyOnly) return { ...checked, keptAside: null };
      this.#takeOver();
      return { ...checked, keptAside: this.#swap(data) };
    } finally {
      rmSync(this.#staging, { recursive: true, force: true });
      for (const letGo of this.#held) letGo();
    }
  }

  /** Refuses what would overwrite something, or what a hub has open. */
  #own(): void {
    const { data, replace } = this.#options;
    if (!existsSync(data) || readdirSync(data).length === 0) return;
    this.#held.push(takeOwnership(data));
    if (replace) return;
    throw new StoreOpenError({
      operation: 'restore to',
      path: data,
      reason: 'it is not empty',
      hint: 'give another directory, or --replace, which keeps this one aside',
    });
  }

  /** What a restore that was cut left there is taken away, but not under one that is running. */
  #makeStaging(): void {
    const staging = this.#staging;
    mkdirSync(dirname(staging), { recursive: true });
    if (existsSync(staging)) takeOwnership(staging)();
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
  }

  async #unpackAndCheck(): Promise<Unpacked & { readonly report: VerifyReport }> {
    const { from, data, newEpoch, onProgress } = this.#options;
    const staging = this.#staging;
    const unpacked = unpack({
      ...{ from, data, into: staging },
      onRead: (done, total) => {
        onProgress('unpacking', done, total);
      },
    });
    this.#held.push(takeOwnership(staging));
    const file = join(staging, DATABASE_NAME);
    const database = openWriter({ path: file, durability: 'full', mmapBytes: 0 });
    try {
      beginHistory(database, newEpoch);
    } finally {
      database.close();
    }
    syncPath(file);
    const report = await verifyDatabase({
      file,
      expectedHeads: unpacked.heads,
      onProgress: ({ step, done, total }) => {
        onProgress(step, done, total);
      },
    });
    if (!report.clean) throw new Error(`it does not verify: ${String(report.difference)}`);
    await writeHeads(staging, { epoch: newEpoch, heads: unpacked.heads });
    return { ...unpacked, report };
  }

  /** Who holds a token of before goes on with it: the keys are of this machine, and in no backup. */
  #takeOver(): void {
    for (const name of TAKEN_OVER) {
      const source = join(this.#options.data, name);
      if (!existsSync(source)) continue;
      copyFileSync(source, join(this.#staging, name));
      syncPath(join(this.#staging, name));
    }
    syncPath(this.#staging);
  }

  /** Gives where the old directory went. */
  #swap(data: string): string | null {
    const restored = restoredPath(data);
    const parent = dirname(data);
    rmSync(restored, { recursive: true, force: true });
    renameSync(this.#staging, restored);
    syncPath(parent);
    const isThere = existsSync(data) && readdirSync(data).length > 0;
    const aside = isThere ? `${data}.before-restore-${compactTime(this.#options.at)}` : null;
    try {
      if (aside !== null) {
        renameSync(data, aside);
        // Else a power loss might keep the second rename without the first, and with it no name of the old directory.
        syncPath(parent);
      }
      renameSync(restored, data);
    } catch (error) {
      if (aside !== null && !existsSync(data)) renameSync(aside, data);
      rmSync(restored, { recursive: true, force: true });
      throw error;
    }
    syncPath(parent);
    return aside;
  }
}
