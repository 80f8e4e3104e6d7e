/** Opens and closes the shift of a replayed day, also where an earlier run has done it, or somebody else. */
import { CommandRefused, type Client } from '../../../client/index.js';
import { derivedId } from './identity.js';
import type { Ledger } from './ledger.js';
import type { PlannedDay } from './plan.js';

export interface DayShift {
  readonly id: string;
  /** A shift that somebody else opened is left open. */
  readonly ours: boolean;
}

/** Pence. Simulated. */
const OPENING_FLOAT = 10_000;

/** The same for the same orders, whatever else the file holds. */
function dayId(branchId: string, day: PlannedDay): string {
  return derivedId('day', branchId, day.businessDate, ...day.orders.map(({ id }) => id));
}

export async function openShift(
  client: Client,
  ledger: Ledger,
  { branchId, day }: { readonly branchId: string; readonly day: PlannedDay },
): Promise<DayShift> {
  try {
    const { records } = await ledger.give(client, {
      name: 'shift.open',
      key: derivedId('shift.open', dayId(branchId, day)),
      payload: { opening_float: OPENING_FLOAT },
    });
    const [id] = Object.keys(records['pos_shift'] ?? {});
    if (id === undefined) throw new Error('shift.open was answered without a shift');
    return { id, ours: true };
  } catch (error) {
    const id = openShiftOf(error);
    if (id === null) throw error;
    return { id, ours: false };
  }
}

function openShiftOf(error: unknown): string | null {
  if (!(error instanceof CommandRefused) || error.code !== 'already_exists') return null;
  const { details } = error;
  if (typeof details !== 'object' || details === null || !('shift_id' in details)) return null;
  return String(details.shift_id);
}

/** Counts exactly what should be in the drawer. Returns the branch version; null: it was closed before. */
export async function closeShift(
  client: Client,
  ledger: Ledger,
  {
    branchId,
    day,
    shift,
  }: { readonly branchId: string; readonly day: PlannedDay; readonly shift: DayShift },
): Promise<number | null> {
  const { report } = await client.query('shift.report', { shift_id: shift.id, kind: 'x' });
  try {
    const answer = await ledger.give(client, {
      name: 'shift.close',
      key: derivedId('shift.close', dayId(branchId, day)),
      payload: { shift_id: shift.id, counted_cash: report.drawer.expected },
      // Nobody but a close or a handover changes an open shift.
      expect: { pos_shift: { [shift.id]: 1 } },
    });
    return answer.version;
  } catch (error) {
    if (error instanceof CommandRefused && error.code === 'shift_closed') return null;
    throw error;
  }
}
