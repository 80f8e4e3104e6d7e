/** What every engine's audit list has in common: lengths of pages, cursors, and the records of a change set. */
import type { AuditFilter } from './history.js';

const PAGE_ENTRIES_DEFAULT = 50;
const PAGE_ENTRIES_MAX = 200;

export function auditLimit({ limit = PAGE_ENTRIES_DEFAULT }: AuditFilter): number {
  return Math.max(1, Math.min(limit, PAGE_ENTRIES_MAX));
}

/** A page's cursor is the version before which the next one goes on. What no page gave is read as the place after everything. */
export function readAuditCursor(cursor: string): number {
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0;
}

interface WrittenRows {
  readonly inserted?: readonly { readonly id: string }[];
  readonly updated?: readonly { readonly id: string }[];
}

/** `{table: [id]}` of what a serial change set writes. */
export function recordsOf(changes: object): Record<string, readonly string[]> {
  return Object.fromEntries(
    (Object.entries(changes) as [string, WrittenRows][]).map(
      ([table, { inserted = [], updated = [] }]) => [
        table,
        [...inserted, ...updated].map(({ id }) => id),
      ],
    ),
  );
}
