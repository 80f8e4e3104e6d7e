/** Payload fields that commands share, with the protocol's limits. Every object refuses fields it does not know. */
import { Type, type TProperties, type TSchema } from 'typebox';
import {
  AMOUNT_MAX,
  NAME_LENGTH_MAX,
  NOTE_LENGTH_MAX,
  QTY_MAX,
  REASON_LENGTH_MAX,
} from './bounds.js';

/** Any record's id. Clients that make ids use UUIDs; ids of menus and stations are the restaurant's own words. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' });
/** An amount that moves money: above 0. */
export const Money = Type.Integer({ minimum: 1, maximum: AMOUNT_MAX });
/** A price, a float, a count, a tip: may be 0. */
export const MoneyOrZero = Type.Integer({ minimum: 0, maximum: AMOUNT_MAX });
export const Qty = Type.Integer({ minimum: 1, maximum: QTY_MAX });
export const Name = Type.String({ minLength: 1, maxLength: NAME_LENGTH_MAX });
export const Reason = Type.String({ minLength: 1, maxLength: REASON_LENGTH_MAX });
export const Note = Type.String({ maxLength: NOTE_LENGTH_MAX });
/** A seat, a course, a number of guests. */
export const Ordinal = Type.Integer({ minimum: 0, maximum: 999 });

/** The field, or null, which clears it. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** An object of exactly these fields: any other is `validation_failed`. */
export function strict<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}
