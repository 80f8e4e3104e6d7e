/** Assertions for what the types or the design promise. They throw: a failed one is a bug, never bad input. */

/** Throws with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) {
    throw new Error(`assertion failed: ${message}`);
  }
}

/** Ends a switch over a union: compiles only when every member was handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
