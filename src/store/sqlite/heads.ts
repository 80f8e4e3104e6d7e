/** The newest commit of each branch as the writer knows it, and the heads of the group that is being written. */
import type { Database, Statement } from 'better-sqlite3';
import { CHAIN_START } from './chain.js';
import type { BranchHead, BranchVersions } from './messages.js';

export interface Head {
  readonly version: number;
  /** Lower-case hex. */
  readonly hash: string;
  readonly horizon: number;
}

const FIRST: Head = { version: 0, hash: CHAIN_START, horizon: 0 };

/** The heads while a group is written: those that it moves are kept apart until it is committed. */
export class GroupHeads {
  readonly moved = new Map<string, Head>();
  readonly #committed: ReadonlyMap<string, Head>;

  constructor(committed: ReadonlyMap<string, Head>) {
    this.#committed = committed;
  }

  of(branchId: string): Head {
    return this.moved.get(branchId) ?? this.#committed.get(branchId) ?? FIRST;
  }

  advance(branchId: string, hash: string, raisesHorizon: boolean): void {
    const head = this.of(branchId);
    const version = head.version + 1;
    this.moved.set(branchId, { version, hash, horizon: raisesHorizon ? version : head.horizon });
  }
}

/** One entry a branch. */
export class BranchHeads {
  readonly #heads = new Map<string, Head>();
  /** Branches whose head nobody was told. */
  readonly #untold: Set<string>;
  readonly #write: Statement<[string, number, Buffer, number]>;

  constructor(database: Database) {
    const rows = database
      .prepare('SELECT branch_id, version, hash, horizon FROM branch_head')
      .all();
    for (const row of rows as {
      branch_id: string;
      version: number;
      hash: Buffer;
      horizon: number;
    }[]) {
      const { version, horizon } = row;
      this.#heads.set(row.branch_id, { version, hash: row.hash.toString('hex'), horizon });
    }
    this.#untold = new Set(this.#heads.keys());
    this.#write = database.prepare(`INSERT INTO branch_head (branch_id, version, hash, horizon)
      VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET version = excluded.version, hash = excluded.hash, horizon = excluded.horizon`);
  }

  group(): GroupHeads {
    return new GroupHeads(this.#heads);
  }

  /** Inside the transaction, before its commit. */
  write(group: GroupHeads): void {
    for (const [branchId, { version, hash, horizon }] of group.moved) {
      this.#write.run(branchId, version, Buffer.from(hash, 'hex'), horizon);
    }
  }

  /** After the commit. A group that was rolled back is dropped instead. */
  keep(group: GroupHeads): void {
    for (const [branchId, head] of group.moved) {
      this.#heads.set(branchId, head);
      this.#untold.add(branchId);
    }
  }

  /** Those that moved since this was last called; at first all. */
  moved(): BranchHead[] {
    const moved = [...this.#untold].flatMap((branchId): BranchHead[] => {
      const head = this.#heads.get(branchId);
      return head === undefined ? [] : [[branchId, head.version, head.hash]];
    });
    this.#untold.clear();
    return moved;
  }

  versions(): BranchVersions {
    return [...this.#heads].map(([branchId, { version }]) => [branchId, version] as const);
  }
}
