/** The payload of `numbers.lease`. */
import { Type, type Static } from 'typebox';
import { strict } from '../fields.js';

/** Order numbers in one range. */
const LEASE_NUMBERS_MAX = 200;

export const NumbersLease = strict({
  count: Type.Integer({ minimum: 1, maximum: LEASE_NUMBERS_MAX }),
});
export type NumbersLease = Static<typeof NumbersLease>;
