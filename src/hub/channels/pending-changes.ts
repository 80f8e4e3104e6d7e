/** What the commits since the last delta came to, per row: several changes of one row leave as one. */
import type { UpdatedRow, ViewRow, TableChanges } from '../../protocol/messages.js';
import { updatedColumns } from '../../protocol/patch.js';
import type { AnyRow } from '../../domain/rows.js';

interface PendingRow {
  /** The row as subscribers hold it; null: they do not. */
  readonly before: AnyRow | null;
  /** The row as it is now; null: not in the view any more. */
  after: AnyRow | null;
  /** Those that changed, each once. */
  columns: readonly string[];
}

/** How a table's rows look in the view. */
export interface Shape {
  /** The columns that an update tells of, where they changed: all that the view shows but `id` and `version`. */
  readonly told: ReadonlySet<string>;
  readonly project: (row: AnyRow) => ViewRow;
  readonly show: (column: string, row: AnyRow) => unknown;
}

export class PendingTable {
  readonly #rows = new Map<string, PendingRow>();
  readonly #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** `before` and `after` are null where the row is not in the view; `columns` are those that changed. */
  note(id: string, before: AnyRow | null, after: AnyRow | null, columns: readonly string[]): void {
    const pending = this.#rows.get(id);
    if (pending === undefined) {
      this.#rows.set(id, { before, after, columns });
      return;
    }
    pending.after = after;
    const more = columns.filter((column) => !pending.columns.includes(column));
    if (more.length > 0) pending.columns = [...pending.columns, ...more];
  }

  clear(): void {
    this.#rows.clear();
  }

  /** The net changes, and nothing pending any more; null: they cancel out. */
  take(): TableChanges | null {
    const inserted: ViewRow[] = [];
    const updated: UpdatedRow[] = [];
    const deleted: string[] = [];
    for (const [id, { before, after, columns }] of this.#rows) {
      if (after === null) {
        if (before !== null) deleted.push(id);
      } else if (before === null) {
        inserted.push(this.#shape.project(after));
      } else {
        updated.push(this.#updated(before, after, columns));
      }
    }
    this.#rows.clear();
    if (inserted.length + updated.length + deleted.length === 0) return null;
    const changes: { -readonly [Kind in keyof TableChanges]: TableChanges[Kind] } = {};
    if (inserted.length > 0) changes.inserted = inserted;
    if (updated.length > 0) changes.updated = updated;
    if (deleted.length > 0) changes.deleted = deleted;
    return changes;
  }

  #updated(before: AnyRow, after: AnyRow, columns: readonly string[]): UpdatedRow {
    const { told, show } = this.#shape;
    const shown = columns.filter((column) => told.has(column));
    return {
      id: after.id,
      version: after.version,
      ...updatedColumns(shown, {
        before: (column) => show(column, before),
        after: (column) => show(column, after),
      }),
    };
  }
}
