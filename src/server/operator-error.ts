/** What an operator can mend: said in one line, without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';

  /** `what` failed (with the path, port or setting), why, and how to mend it. */
  constructor(what: string, reason: string, hint: string, cause?: unknown) {
    super(`${what}: ${reason}; ${hint}`, cause === undefined ? {} : { cause });
  }
}
