/** Payloads of the commands that open, close and hand over a shift. */
import { Type, type Static } from 'typebox';
import { Id, MoneyOrZero, Name, strict } from '../fields.js';

export const ShiftOpen = strict({ opening_float: MoneyOrZero, register_id: Type.Optional(Name) });
export type ShiftOpen = Static<typeof ShiftOpen>;

export const ShiftClose = strict({
  shift_id: Id,
  counted_cash: MoneyOrZero,
  carry_over: Type.Optional(Type.Boolean()),
});
export type ShiftClose = Static<typeof ShiftClose>;

export const ShiftHandover = strict({
  shift_id: Id,
  to_staff_id: Id,
  counted_cash: MoneyOrZero,
});
export type ShiftHandover = Static<typeof ShiftHandover>;
