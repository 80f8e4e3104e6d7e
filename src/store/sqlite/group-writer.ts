/**
 * Commits a group in one transaction with one fsync. It runs plain; only when something already written has to be
 * undone it runs once more with a savepoint for each, so that one refusal never undoes its neighbours.
 */
import type { Database, Statement } from 'better-sqlite3';
import { CommitWriter, schemaBug, type Written } from './commit-writer.js';
import { faultOf, messageOf } from './errors.js';
import { BranchHeads, type GroupHeads } from './heads.js';
import type {
  BranchHead,
  BranchVersions,
  CommitItem,
  DiskDurability,
  GroupTimes,
  ItemOutcome,
  SchemaBug,
} from './messages.js';

export type GroupResult =
  | {
      readonly kind: 'settled';
      readonly outcomes: readonly ItemOutcome[];
      readonly full: string | null;
      readonly bugs: readonly SchemaBug[];
      readonly spent: GroupTimes;
    }
  /** Whether the group is on the disk is unknown. */
  | { readonly kind: 'failed'; readonly reason: string };

interface Attempt {
  readonly outcomes: ItemOutcome[];
  readonly bugs: SchemaBug[];
}

export class GroupWriter {
  readonly #database: Database;
  readonly #commits: CommitWriter;
  readonly #heads: BranchHeads;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #undo: Statement;
  #commitMs = 0;

  constructor(database: Database, durability: DiskDurability) {
    this.#database = database;
    this.#commits = new CommitWriter(database, durability);
    this.#heads = new BranchHeads(database);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#savepoint = database.prepare('SAVEPOINT one');
    this.#release = database.prepare('RELEASE one');
    this.#undo = database.prepare('ROLLBACK TO one');
  }

  versions(): BranchVersions {
    return this.#heads.versions();
  }

  movedHeads(): BranchHead[] {
    return this.#heads.moved();
  }

  write(items: readonly CommitItem[]): GroupResult {
    const startedAt = performance.now();
    this.#commitMs = 0;
    try {
      const plain = this.#attempt(items, (item, heads) => this.#commits.write(item, heads));
      const done = plain ?? this.#attempt(items, (item, heads) => this.#isolated(item, heads));
      if (done === null) throw new Error('a savepoint did not hold a refusal');
      return { kind: 'settled', full: null, ...done, spent: this.#spentSince(startedAt) };
    } catch (error) {
      return this.#fault(items, error, startedAt);
    }
  }

  /** null: a refused commit had written something, and all was rolled back. */
  #attempt(
    items: readonly CommitItem[],
    write: (item: CommitItem, heads: GroupHeads) => Written,
  ): Attempt | null {
    const attempt: Attempt = { outcomes: [], bugs: [] };
    const heads = this.#heads.group();
    this.#commits.forget();
    this.#begin.run();
    for (const item of items) {
      const written = write(item, heads);
      if (written.refused) {
        if (written.wrote) {
          this.#rollback.run();
          return null;
        }
        if (written.bug !== null) attempt.bugs.push(written.bug);
      }
      attempt.outcomes.push(written.outcome);
    }
    this.#heads.write(heads);
    const committingAt = performance.now();
    this.#commit.run();
    this.#commitMs = performance.now() - committingAt;
    this.#heads.keep(heads);
    return attempt;
  }

  #isolated(item: CommitItem, heads: GroupHeads): Written {
    this.#savepoint.run();
    const written = this.#commits.write(item, heads);
    if (!written.refused || !written.wrote) {
      this.#release.run();
      return written;
    }
    this.#undo.run();
    this.#release.run();
    this.#commits.forget();
    return { ...written, wrote: false };
  }

  /** After some faults SQLite has rolled back by itself, and further statements would commit one by one. */
  #fault(items: readonly CommitItem[], error: unknown, startedAt: number): GroupResult {
    const reason = messageOf(error);
    const fault = faultOf(error);
    if (fault === 'disk') return { kind: 'failed', reason };
    try {
      if (this.#database.inTransaction) this.#rollback.run();
    } catch (rollbackError) {
      return { kind: 'failed', reason: `${reason}; then ${messageOf(rollbackError)}` };
    }
    return {
      kind: 'settled',
      outcomes: items.map(() => ({ kind: 'unavailable', reason })),
      full: fault === 'full' ? reason : null,
      bugs:
        fault === 'schema' ? items.slice(0, 1).map((item) => schemaBug(item, null, reason)) : [],
      spent: this.#spentSince(startedAt),
    };
  }

  #spentSince(startedAt: number): GroupTimes {
    return { groupMs: performance.now() - startedAt, commitMs: this.#commitMs };
  }
}
