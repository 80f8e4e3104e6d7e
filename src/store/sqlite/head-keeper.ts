/**
 * Remembers the head of each branch outside the database, every second in which one moved and once more at the close:
 * beside the commits, which never wait for it, and never ahead of what was settled and is on the disk. A roll-back within
 * that second stays invisible.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import { messageOf } from './errors.js';
import { HeadExport } from './head-export.js';
import { syncFile, writeHeads } from './heads-file.js';
import type { BranchHead, DiskDurability, RememberedHeads } from './messages.js';

const REMEMBER_EVERY_MS = 1_000;

/** Heads that moved since this was last asked, none ahead of what is settled; null: nobody can say now. */
type MovedHeads = () => Promise<readonly BranchHead[] | null>;

export interface HeadKeeperOptions {
  readonly directory: string;
  /** Path of the database file. */
  readonly file: string;
  readonly durability: DiskDurability;
  readonly epoch: string;
  /** What the file holds now; null: there is none, or it is to be replaced. */
  readonly remembered: RememberedHeads | null;
  readonly movedHeads: MovedHeads;
  readonly timers: Timers;
  readonly log: Log;
}

export class HeadKeeper {
  readonly #options: HeadKeeperOptions;
  /** One entry a branch. */
  readonly #heads: Map<string, BranchHead>;
  readonly #counts = { heads_written: 0, heads_failures: 0 };
  readonly #export: HeadExport;
  #toWrite: boolean;
  #working: Promise<void> = Promise.resolve();
  #cancel: Cancel = () => undefined;
  #closed = false;

  constructor(options: HeadKeeperOptions) {
    this.#options = options;
    const { remembered, epoch, timers, log } = options;
    this.#export = new HeadExport(timers, log);
    this.#toWrite = remembered?.epoch !== epoch;
    this.#heads = new Map((remembered?.heads ?? []).map((head) => [head[0], head]));
  }

  stats(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  /** From now on, every second. */
  start(): void {
    this.#cancel = this.#options.timers.after(REMEMBER_EVERY_MS, () => {
      void this.remember().then(() => {
        if (!this.#closed) this.start();
      });
    });
  }

  /** Resolves when the heads of this moment are on the disk, or could not be brought there: the next time tries again. */
  remember(): Promise<void> {
    this.#working = this.#working.then(() => this.#remember());
    return this.#working;
  }

  /** While the writer can still be asked. */
  close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    return this.remember();
  }

  async #remember(): Promise<void> {
    for (const head of (await this.#options.movedHeads()) ?? []) this.#note(head);
    if (this.#toWrite) await this.#write();
    if (!this.#toWrite) this.#export.tell(this.#closed);
  }

  async #write(): Promise<void> {
    const { directory, file, durability, epoch, log } = this.#options;
    try {
      // What was settled without an fsync is brought to the disk before it is remembered there.
      if (durability === 'normal') await syncFile(`${file}-wal`, 'r+');
      await writeHeads(directory, { epoch, heads: [...this.#heads.values()] });
      this.#toWrite = false;
      this.#counts.heads_written += 1;
    } catch (error) {
      if (this.#counts.heads_failures === 0 || this.#closed) {
        log.error({ directory, reason: messageOf(error) }, 'the heads could not be remembered');
      }
      this.#counts.heads_failures += 1;
    }
  }

  #note(head: BranchHead): void {
    this.#export.note(head);
    const [branchId, version, hash] = head;
    const known = this.#heads.get(branchId);
    if (known?.[1] === version && known[2] === hash) return;
    this.#heads.set(branchId, head);
    this.#toWrite = true;
  }
}
