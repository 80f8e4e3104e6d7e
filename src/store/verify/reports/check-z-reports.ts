/** Each closed shift's frozen Z report says what its sales, payments and drawer came to when it closed. */
import type { Database } from 'better-sqlite3';
import type { Findings } from '../findings.js';
import { differenceOf } from './difference.js';
import type { Entry } from './figures-shape.js';

/** What hubs before schema version 3 did not freeze. */
const YOUNGER_PARTS = ['kitchen', 'late'] as const;

/** After all events: needs what `ClosedShifts` reckoned. */
export function checkZReports(database: Database, findings: Findings): void {
  const rows = database
    .prepare(
      `SELECT r.branch_id, r.shift_id, r.z_report AS expected, s.z_report AS found
       FROM temp.reckoned_shift r
       JOIN main.pos_shift s ON s.branch_id = r.branch_id AND s.id = r.shift_id
       ORDER BY r.branch_id, r.closed_version`,
    )
    .iterate() as Iterable<Readonly<Record<string, string | null>>>;
  for (const { branch_id, shift_id, expected, found } of rows) {
    const stored = reckonable(parsed(found ?? null));
    const reckoned = { ...(parsed(expected ?? null) as Entry) };
    const isOld = isFrozenBeforeSummaries(stored);
    if (isOld) for (const part of YOUNGER_PARTS) Reflect.deleteProperty(reckoned, part);
    const difference = differenceOf(stored, reckoned, 'z_report');
    const place = `pos_shift ${String(branch_id)} ${String(shift_id)}`;
    if (difference !== null) findings.add('report', `${place}: ${difference}`);
  }
}

/** Without what devices had told the hub when the shift ended (`warnings`): no row says that, the event alone. */
function reckonable(report: unknown): unknown {
  if (typeof report !== 'object' || report === null) return report;
  const { warnings: _told, ...reckoned } = report as Entry;
  return reckoned;
}

/** Hubs before schema version 3 kept no summaries. */
export function isFrozenBeforeSummaries(report: unknown): boolean {
  if (typeof report !== 'object' || report === null) return false;
  return YOUNGER_PARTS.every((part) => !(part in report));
}

/** null: there is nothing, or no JSON. */
export function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
