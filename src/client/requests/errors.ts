/** What a request's promise is rejected with: the hub's refusal, or the end of the client itself. */
import type { CurrentRecords, RefusalCode } from '../../base/refusal.js';
import type { ErrorMessage } from '../../protocol/messages.js';

type RefusalFields = Pick<
  ErrorMessage,
  'code' | 'status' | 'message' | 'retryable' | 'retryAfterMs' | 'details' | 'current'
>;

/** The hub refused a query or a subscription, or a command (`CommandRefused`). */
export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly code: RefusalCode;
  /** The HTTP status that the same refusal has. */
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** The hub's own words. */
  readonly reason: string;
  /** Shape by code, as in the protocol. */
  readonly details: unknown;
  /** On `version_conflict`: the records as they stand. */
  readonly current: CurrentRecords | undefined;

  constructor(what: string, refusal: RefusalFields) {
    super(`${what}: ${refusal.code}: ${refusal.message}`);
    this.code = refusal.code;
    this.reason = refusal.message;
    this.status = refusal.status;
    this.retryable = refusal.retryable;
    this.retryAfterMs = refusal.retryAfterMs;
    this.details = refusal.details;
    this.current = refusal.current;
  }
}

/** A command was refused: nothing was written, and the same key may be used again. */
export class CommandRefused extends Refused {
  override readonly name = 'CommandRefused';
  readonly command: string;
  readonly key: string;

  constructor(command: string, key: string, refusal: RefusalFields) {
    super(command, refusal);
    this.command = command;
    this.key = key;
  }
}

/**
 * The client came to its end (`close()`, or a close code that ends the matter) before the answer. Whether a command that was
 * under way took effect is not known: ask again with its key.
 */
export class ClientEnded extends Error {
  override readonly name = 'ClientEnded';
  /** The close code; null: `close()` was called. */
  readonly code: number | null;

  constructor(code: number | null, reason: string) {
    super(code === null ? reason : `the connection ended with ${code} ${reason}`);
    this.code = code;
  }
}

/**
 * The deadline passed without an answer: whether the command took effect is not known. It is not sent any more by itself;
 * `settle` asks again under the same key, which gives the true outcome: the answer of then where it took effect, else it takes
 * effect now or is refused.
 */
export class CommandUnknown<Answer = unknown> extends Error {
  override readonly name = 'CommandUnknown';
  readonly command: string;
  readonly key: string;
  /** False: it never left this client, so it has had no effect. */
  readonly sent: boolean;
  /** Waits for the answer without a deadline. */
  readonly settle: () => Promise<Answer>;

  constructor(
    command: string,
    { key, sent, settle }: Pick<CommandUnknown<Answer>, 'key' | 'sent' | 'settle'>,
  ) {
    super(
      `${command}: no answer in time; ${sent ? 'it may have taken effect' : 'it was not sent'}`,
    );
    this.command = command;
    this.key = key;
    this.sent = sent;
    this.settle = settle;
  }
}
