/** The wire's bounds, each with its unit. */

/** A client's message; a larger one closes 1009. */
export const MESSAGE_BYTES_MAX = 64 * 1024;
/** Maps and arrays inside one another, the message itself counted. */
export const MESSAGE_DEPTH_MAX = 16;
/** Frames that one message may come in. */
export const FRAGMENTS_MAX = 64;
/** Characters of a request's `id`. */
export const REQUEST_ID_LENGTH_MAX = 64;
/** Characters of an idempotency key. */
export const KEY_LENGTH_MAX = 128;
/** Characters of a `correlationId`, which is kept with the event. */
export const CORRELATION_ID_LENGTH_MAX = 128;
/** Faults that one refusal lists; there may be more. */
export const FAULTS_MAX = 16;
