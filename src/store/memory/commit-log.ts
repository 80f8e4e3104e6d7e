/** The newest commits of a branch, kept for its audit list and its orders' histories. It forgets the oldest ones. */
import { serialChanges } from '../../domain/change-set.js';
import type { RowChange } from '../../domain/change-set.js';
import { PERSONAL_COLUMNS } from '../../domain/tables.js';
import type { OrderHeader, OrderLine, Rows } from '../../domain/rows.js';
import { auditLimit, readAuditCursor, recordsOf } from '../audit-page.js';
import { historyPage } from '../history-page.js';
import {
  ORDER_TABLES,
  type AuditFilter,
  type AuditPage,
  type CommitRecord,
  type HistoryPage,
  type OrderCommit,
  type OrderHistory,
  type OrderRowState,
} from '../history.js';
import type { CommitRequest } from '../port.js';

/** Commits kept of a branch. */
export const COMMITS_KEPT_MAX = 10_000;

interface KeptCommit {
  readonly record: CommitRecord;
  readonly changeSet: readonly RowChange[];
}

type LineNow = (lineId: string) => OrderLine | undefined;

export class CommitLog {
  /** By version, which is their order too. */
  readonly #commits = new Map<number, KeptCommit>();

  get size(): number {
    return this.#commits.size;
  }

  keep(version: number, request: CommitRequest): void {
    const { at, actor, deviceId, command, key, correlationId, changeSet } = request;
    const record = {
      version,
      at,
      actor,
      device: deviceId,
      command,
      key,
      correlation_id: correlationId,
    };
    this.#commits.set(version, { record, changeSet });
    this.#commits.delete(version - COMMITS_KEPT_MAX);
  }

  /** `header` and `lineNow`: the order, and each line that was ever in it, as they stand. */
  history(header: OrderHeader, page: HistoryPage, lineNow: LineNow): OrderHistory {
    const commits: OrderCommit[] = [];
    let fromTheFirst = false;
    for (const { record, changeSet } of this.#commits.values()) {
      const rows = changeSet.flatMap((change) => stateOf(change, header, lineNow));
      if (rows.length > 0) commits.push({ ...record, rows });
      fromTheFirst ||= changeSet.some(
        ({ table, before, after }) =>
          table === 'order_header' && before === null && after.id === header.id,
      );
    }
    if (fromTheFirst) return historyPage(commits, page);
    const reason = `memory keeps the newest ${String(COMMITS_KEPT_MAX)} commits, and the order is older`;
    return { kind: 'untold', reason };
  }

  audit(filter: AuditFilter): AuditPage {
    const limit = auditLimit(filter);
    const before = filter.cursor === undefined ? Infinity : readAuditCursor(filter.cursor);
    const found = [...this.#commits.values()]
      .filter(({ record }) => record.version < before && fits(record, filter))
      .reverse();
    const entries = found.slice(0, limit).map(({ record, changeSet }) => ({
      ...record,
      records: recordsOf(serialChanges(changeSet)),
    }));
    const last = entries.at(-1);
    return {
      entries,
      cursor: last === undefined || found.length <= limit ? null : String(last.version),
    };
  }
}

function fits(record: CommitRecord, { from, to, actor, device, command }: AuditFilter): boolean {
  return (
    (from === undefined || record.at >= from) &&
    (to === undefined || record.at < to) &&
    (actor === undefined || record.actor === actor) &&
    (device === undefined || record.device === device) &&
    (command === undefined || record.command === command)
  );
}

/** What the change makes of the order's rows: nothing, where the row is another's. */
function stateOf(
  { table, before, after }: RowChange,
  header: OrderHeader,
  lineNow: LineNow,
): OrderRowState[] {
  if (!(ORDER_TABLES as readonly string[]).includes(table)) return [];
  const isOf = (row: object | null) => row !== null && orderOf(row) === header.id;
  if (table === 'order_header') {
    return after.id === header.id ? [{ table, id: after.id, row: shownHeader(after, header) }] : [];
  }
  if (!isOf(after) && !isOf(before)) return [];
  const row = table === 'order_line' ? shownLine(after, lineNow(after.id)) : after;
  return [{ table, id: after.id, row: isOf(after) ? row : null } as OrderRowState];
}

function orderOf(row: object): unknown {
  return 'order_id' in row ? row.order_id : undefined;
}

/** A personal value that the order has no more is shown no more. */
function shownHeader(row: OrderHeader, present: OrderHeader): OrderHeader {
  return { ...row, ...gone('order_header', row, present) };
}

function shownLine(row: OrderLine, present: OrderLine | undefined): OrderLine {
  return { ...row, ...gone('order_line', row, present) };
}

function gone<T extends 'order_header' | 'order_line'>(
  table: T,
  row: Rows[T],
  present: Rows[T] | undefined,
): Readonly<Record<string, null>> {
  const names = PERSONAL_COLUMNS[table] ?? [];
  return Object.fromEntries(
    names.filter((name) => row[name] !== present?.[name]).map((name) => [name, null]),
  );
}
