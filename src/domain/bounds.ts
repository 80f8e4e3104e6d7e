/** The protocol's limits on what a payload holds. The decisions hold to some of them too, so they stand apart from the schemas. */

/** Characters of a name, a table number, a reference. */
export const NAME_LENGTH_MAX = 120;
/** Characters of a reason. */
export const REASON_LENGTH_MAX = 200;
/** Characters of a note. */
export const NOTE_LENGTH_MAX = 500;
/** Minor units of one amount, and of an order's subtotal. */
export const AMOUNT_MAX = 100_000_000_000;
/** Portions of one line. */
export const QTY_MAX = 999;
/** Lines that one command may name. */
export const LINES_PER_COMMAND_MAX = 100;
/** Lines of one order, voided ones counted. */
export const LINES_PER_ORDER_MAX = 500;
/** Basis points of the whole. */
export const PERCENT_MAX = 10_000;
