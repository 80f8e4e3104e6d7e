/**
 * Backups that the hub makes of itself, one after another in a directory, of which the newest are kept. One that fails is
 * an error in the log and a count; it stops nothing, and is tried again.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cancel, Clock, Timers } from '../base/clock.js';
import type { Log } from '../base/log.js';
import { PART_ENDING, backupName, backupTime } from '../store/backup/backup-name.js';
import { runBackup } from '../store/backup/run-backup.js';

export interface ScheduledBackupsOptions {
  /** The data directory. */
  readonly data: string;
  /** Where they go; made (0700) where it is missing. One hub a directory. */
  readonly to: string;
  readonly everyMs: number;
  /** Backups that are kept. */
  readonly keep: number;
  /** Version of this program. */
  readonly program: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Where the compiled worker scripts are. Default: beside the program's own files. */
  readonly workerDirectory?: URL;
}

export interface Backups {
  /** For metrics. */
  stats(): Readonly<Record<string, number>>;
  /** The first look is after a minute. */
  start(): void;
  /** One that is being made is given up. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 60_000;
/** After one that failed: the disk may have room again. */
const RETRY_MS = 15 * 60_000;
/** What a kill left is no longer being written by then. */
const STALE_PART_MS = 24 * 3_600_000;

const FIGURES = {
  interval_seconds: 0,
  last_success_timestamp_seconds: 0,
  last_seconds: 0,
  last_bytes: 0,
  failures_total: 0,
};

/** None are scheduled: all figures are 0. */
export const noBackups: Backups = {
  stats: () => FIGURES,
  start() {},
  close: () => Promise.resolve(),
};

/** What an earlier run of the hub made counts. */
export class ScheduledBackups implements Backups {
  readonly #options: ScheduledBackupsOptions;
  readonly #figures: Record<keyof typeof FIGURES, number>;
  #stop: Cancel = () => undefined;
  readonly #ended = new AbortController();
  #triedAt = -Infinity;
  #running: Promise<void> | null = null;

  constructor(options: ScheduledBackupsOptions) {
    this.#options = options;
    this.#figures = { ...FIGURES, interval_seconds: options.everyMs / 1_000 };
    this.#noteNewest();
  }

  start(): void {
    this.#stop = this.#options.timers.every(LOOK_EVERY_MS, () => {
      if (this.#running === null && this.#isDue()) {
        this.#running = this.#make().finally(() => (this.#running = null));
      }
    });
  }

  stats(): Readonly<Record<string, number>> {
    return this.#figures;
  }

  async close(): Promise<void> {
    this.#stop();
    this.#ended.abort();
    await this.#running;
  }

  #isDue(): boolean {
    const now = this.#options.clock.now();
    const since = now - this.#figures.last_success_timestamp_seconds * 1_000;
    // A clock that was set back must not stop them for as long.
    return (since >= this.#options.everyMs || since < 0) && now - this.#triedAt >= RETRY_MS;
  }

  async #make(): Promise<void> {
    const { data, to, program, clock, timers, log, workerDirectory } = this.#options;
    const at = clock.now();
    const began = timers.monotonicMs();
    this.#triedAt = at;
    try {
      mkdirSync(to, { recursive: true, mode: 0o700 });
      this.#removeStaleParts(at);
      const { path, bytes } = await runBackup({
        ...{ data, program, at, to: join(to, backupName(at)), signal: this.#ended.signal },
        ...(workerDirectory !== undefined && { workerDirectory }),
      });
      const seconds = (timers.monotonicMs() - began) / 1_000;
      this.#figures.last_success_timestamp_seconds = at / 1_000;
      this.#figures.last_seconds = seconds;
      this.#figures.last_bytes = bytes;
      log.info({ path, bytes, seconds }, 'a backup was made');
      this.#removeOldest();
    } catch (err) {
      if (this.#ended.signal.aborted) return;
      this.#figures.failures_total += 1;
      log.error({ err }, 'the backup failed; it is tried again in a quarter of an hour');
    }
  }

  #noteNewest(): void {
    const newest = this.#names().at(-1);
    if (newest === undefined) return;
    this.#figures.last_success_timestamp_seconds = (backupTime(newest) ?? 0) / 1_000;
    this.#figures.last_bytes = statSync(join(this.#options.to, newest)).size;
  }

  #removeOldest(): void {
    const { to, keep, log } = this.#options;
    for (const name of this.#names().slice(0, -keep)) {
      rmSync(join(to, name));
      log.info({ path: join(to, name) }, 'an old backup was removed');
    }
  }

  #removeStaleParts(now: number): void {
    for (const name of readdirSync(this.#options.to)) {
      if (!name.endsWith(PART_ENDING)) continue;
      const at = backupTime(name.slice(0, -PART_ENDING.length).replace(/\.db$/, ''));
      if (at !== null && now - at > STALE_PART_MS) rmSync(join(this.#options.to, name));
    }
  }

  /** Oldest first; files of other names are somebody else's. */
  #names(): string[] {
    try {
      return readdirSync(this.#options.to)
        .filter((name) => backupTime(name) !== null)
        .toSorted();
    } catch {
      // It is made with the first backup; what else is wrong with it that one says.
      return [];
    }
  }
}
