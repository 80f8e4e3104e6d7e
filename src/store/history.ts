/** What the Store port tells of the past: who committed what, and what an order was after each commit that touched it. */
import type { Rows } from '../domain/rows.js';

export const ORDER_TABLES = [
  'order_header',
  'order_line',
  'order_payment',
  'order_adjustment',
] as const;
export type OrderTable = (typeof ORDER_TABLES)[number];

/** One commit, without what it changed. */
export interface CommitRecord {
  /** Of the branch. */
  readonly version: number;
  readonly at: number;
  /** Id of the person. */
  readonly actor: string;
  readonly device: string;
  readonly command: string;
  /** null: the hub's own. */
  readonly key: string | null;
  readonly correlation_id: string | null;
}

/** A row of an order, whole, as a commit left it; null: with that commit it went to another order. */
export type OrderRowState = {
  readonly [T in OrderTable]: {
    readonly table: T;
    readonly id: string;
    readonly row: Rows[T] | null;
  };
}[OrderTable];

export interface OrderCommit extends CommitRecord {
  /** The order's rows that it wrote, each once. */
  readonly rows: readonly OrderRowState[];
}

export interface HistoryPage {
  /** The place behind which commits are told one by one: a branch version, or a moment (UTC epoch milliseconds). */
  readonly after: { readonly version: number } | { readonly at: number };
  /** Commits in the page. It holds fewer where they wrote very many rows. */
  readonly limit: number;
}

export type OrderHistory =
  | {
      readonly kind: 'told';
      /** The order's last commit up to the page's place; null: it was not there yet. */
      readonly base: CommitRecord | null;
      /** The order's rows at that place. */
      readonly before: readonly OrderRowState[];
      /** In order of version. */
      readonly commits: readonly OrderCommit[];
      readonly more: boolean;
    }
  /** The order is there, and its history cannot be told: `reason` says why, in words. */
  | { readonly kind: 'untold'; readonly reason: string };

export interface AuditFilter {
  /** Time of the commit, inclusive. */
  readonly from?: number;
  /** Time of the commit, exclusive. */
  readonly to?: number;
  readonly actor?: string;
  readonly device?: string;
  readonly command?: string;
  /** The cursor of the page before. */
  readonly cursor?: string;
  /** Default 50, at most 200. */
  readonly limit?: number;
}

export interface AuditEntry extends CommitRecord {
  /** `{table: [id]}` of every record that it wrote. */
  readonly records: Readonly<Record<string, readonly string[]>>;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** null: there is no more. A page may be short, or empty, and still have a cursor: each looks at a bounded number of commits. */
  readonly cursor: string | null;
}
