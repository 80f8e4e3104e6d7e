/** Shifts as they must stand after any cut: closed once, wholly, and one open where one must be. Shares no code with the hub. */
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';

interface ShiftRow {
  readonly id: string;
  readonly register_id: string;
  readonly status: 'open' | 'closed';
  readonly z_number: number | null;
  readonly z_report: string | null;
  readonly summaries: number;
}

const SHIFTS = `SELECT id, register_id, status, z_number, z_report,
    (SELECT count(*) FROM shift_summary u WHERE u.branch_id = s.branch_id AND u.shift_id = s.id) AS summaries
  FROM pos_shift s WHERE branch_id = ? ORDER BY z_number`;
const DAYS_OFF = `SELECT count(*) FROM (
    SELECT business_date, count(*) AS shifts FROM pos_shift
    WHERE branch_id = :branch AND status = 'closed' GROUP BY business_date
    EXCEPT SELECT business_date, shifts FROM day_summary WHERE branch_id = :branch)`;
const LAST_TURN = `SELECT command FROM sync_event
  WHERE branch_id = ? AND command LIKE 'shift.%' ORDER BY version DESC LIMIT 1`;

/** `shown`: by shift id, the Z report that a till was shown. In words; empty: all is as it must be. */
export function checkShifts(
  path: string,
  branchId: string,
  shown: ReadonlyMap<string, unknown>,
): string[] {
  const database = new Database(path, { readonly: true });
  try {
    const shifts = database.prepare<[string], ShiftRow>(SHIFTS).all(branchId);
    const closed = shifts.filter(({ status }) => status === 'closed');
    const lastTurn = database.prepare(LAST_TURN).pluck().get(branchId);
    const wanted = lastTurn === undefined || lastTurn === 'shift.close' ? 0 : 1;
    const open = shifts.length - closed.length;
    const daysOff = database.prepare(DAYS_OFF).pluck().get({ branch: branchId }) as number;
    return [
      ...(open === wanted ? [] : [`${open} shifts are open, not ${wanted}`]),
      ...(daysOff === 0 ? [] : [`${daysOff} days count other shifts than were closed`]),
      ...gaps(closed),
      ...closed.flatMap((shift) => checkClosed(shift, shown.get(shift.id))),
    ];
  } finally {
    database.close();
  }
}

/** Rows come by their Z number. */
function gaps(closed: readonly ShiftRow[]): string[] {
  const last = new Map<string, number>();
  return closed.flatMap(({ id, register_id: register, z_number }) => {
    const wanted = (last.get(register) ?? 0) + 1;
    last.set(register, wanted);
    return z_number === wanted ? [] : [`shift ${id} has Z ${z_number ?? 'none'}, not ${wanted}`];
  });
}

function checkClosed({ id, z_report, summaries }: ShiftRow, shown: unknown): string[] {
  const summary = summaries === 1 ? [] : [`shift ${id} has ${summaries} summaries`];
  if (z_report === null) return [...summary, `shift ${id} is closed without a Z report`];
  const isShown = shown === undefined || isDeepStrictEqual(JSON.parse(z_report), shown);
  return isShown
    ? summary
    : [...summary, `the Z report of shift ${id} is not the one that was shown`];
}
