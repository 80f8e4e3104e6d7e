/** The money of each shift, told again from the acknowledged commands alone. */
import { newIds, type AckedCommit } from './commits.js';

export interface TakenByMethod {
  payments: number;
  paid: number;
  refunds: number;
  refunded: number;
}

export interface FoldedShift {
  readonly id: string;
  readonly opening_float: number;
  paid_in: number;
  paid_out: number;
  drops: number;
  no_sales: number;
  cash_tips: number;
  tips: number;
  ended: boolean;
  /** null: nobody counted, since it is open or rolled over. */
  counted: number | null;
  readonly methods: Map<string, TakenByMethod>;
}

interface Payload {
  readonly opening_float?: number;
  readonly counted_cash?: number;
  readonly amount?: number;
  readonly tip?: number;
  readonly method?: string;
  readonly payment_id?: string;
}

const SHIFT_ENDS: readonly string[] = ['shift.close', 'shift.handover', 'shift.rollover'];

export function cashIn(shift: FoldedShift): TakenByMethod {
  return shift.methods.get('cash') ?? { payments: 0, paid: 0, refunds: 0, refunded: 0 };
}

export function expectedCash(shift: FoldedShift): number {
  const { paid, refunded } = cashIn(shift);
  const into = shift.opening_float + paid + shift.cash_tips + shift.paid_in;
  return into - refunded - shift.paid_out - shift.drops;
}

function begin(id: string, float: number): FoldedShift {
  const empty = { paid_in: 0, paid_out: 0, drops: 0, no_sales: 0, cash_tips: 0, tips: 0 };
  return { id, opening_float: float, ...empty, ended: false, counted: null, methods: new Map() };
}

/** What the drawer of the shift before hands on to the one that the command opens. */
function floatOf({ request }: AckedCommit, before: FoldedShift | undefined): number {
  const { opening_float: float = 0, counted_cash: counted = 0 } = request.payload as Payload;
  if (request.name === 'shift.handover') return counted;
  if (request.name !== 'shift.rollover' || before === undefined) return float;
  return Math.max(0, expectedCash(before));
}

/** Oldest first; only the last one may be open. */
export function foldShifts(commits: readonly AckedCommit[]): readonly FoldedShift[] {
  const shifts: FoldedShift[] = [];
  const methodOf = new Map<string, string>();
  for (const commit of commits) {
    const { name } = commit.request;
    const payload = commit.request.payload as Payload;
    const { amount = 0, tip = 0, counted_cash: counted = null } = payload;
    const [newShift] = newIds(commit, 'pos_shift');
    const shift = shifts.at(-1);
    if (shift !== undefined && SHIFT_ENDS.includes(name)) {
      shift.ended = true;
      shift.counted = counted;
    }
    if (newShift !== undefined) shifts.push(begin(newShift, floatOf(commit, shift)));
    if (shift === undefined) continue;
    if (name === 'cash.paid_in') shift.paid_in += amount;
    if (name === 'cash.paid_out') shift.paid_out += amount;
    if (name === 'cash.drop') shift.drops += amount;
    if (name === 'cash.no_sale') shift.no_sales += 1;
    if (name !== 'payment.add' && name !== 'payment.refund') continue;
    const method = payload.method ?? methodOf.get(payload.payment_id ?? '') ?? 'unknown';
    const taken = shift.methods.get(method) ?? { payments: 0, paid: 0, refunds: 0, refunded: 0 };
    shift.methods.set(method, taken);
    if (name === 'payment.add') {
      methodOf.set(newIds(commit, 'order_payment')[0] ?? '', method);
      taken.payments += 1;
      taken.paid += amount;
      shift.tips += tip;
      if (method === 'cash') shift.cash_tips += tip;
    } else {
      taken.refunds += 1;
      taken.refunded += amount;
    }
  }
  return shifts;
}
