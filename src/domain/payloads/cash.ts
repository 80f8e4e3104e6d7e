/** Payloads of the drawer's commands. */
import type { Static } from 'typebox';
import { Id, Money, Reason, strict } from '../fields.js';

/** Of `cash.paid_in`, `cash.paid_out` and `cash.drop`. */
export const CashMoved = strict({ shift_id: Id, amount: Money, reason: Reason });
export type CashMoved = Static<typeof CashMoved>;

export const CashNoSale = strict({ shift_id: Id, reason: Reason });
export type CashNoSale = Static<typeof CashNoSale>;
