/**
 * The one gate that every command and query passes, by whichever door it came: room in the hub (`overloaded`), and what its
 * device and person may ask in a minute (`rate_limited`). Both are told without a look-up of the key.
 */
import type { Timers } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import { encode } from '../../protocol/codec.js';
import { EarlyLook } from '../../protocol/early-look.js';
import type { HubLimits } from '../options.js';
import { errorMessage } from '../session/replies.js';
import { durationSpread } from '../spread.js';
import { Admission } from './admission.js';
import { Allowances } from './allowances.js';
import { kindSeen, type RequestKind } from './request-kind.js';

/** What was shed comes back spread over this time: some ten times as long as the hub needs for all that it takes in. */
const SHED_RETRY_MS = { from: 200, to: 1_000 };
/** The refusals are made once, for they have to be cheap; each has another time to come back. */
const SHED_REFUSALS = 16;

export interface Entrant {
  /** Of `subjectOf`. */
  readonly subject: string;
  readonly kind: RequestKind;
  /** Its connection has as many requests under way as it may have; default false. */
  readonly isFull?: boolean;
}

type Counts = Record<RequestKind, number>;

export class RequestGate {
  /** `rate_limited` since the start, by kind. */
  readonly limited = noCounts();
  /** `overloaded` since the start, by kind. */
  readonly shed = noCounts();
  readonly #perMinute: number;
  readonly #admission: Admission;
  readonly #allowances: Allowances;
  readonly #shedRefusals: readonly Refusal[];
  /** The same as messages, encoded. */
  readonly #packedRefusals: readonly Uint8Array[];
  readonly #look = new EarlyLook();
  #nextShed = 0;

  constructor(timers: Timers, limits: HubLimits) {
    this.#perMinute = limits.commandsPerMinute;
    this.#admission = new Admission(limits.requestsUnderWayMax);
    this.#allowances = new Allowances({
      timers,
      perMinute: limits.commandsPerMinute,
      entriesMax: limits.allowancesMax,
    });
    this.#shedRefusals = Array.from({ length: SHED_REFUSALS }, (_, nth) => {
      const retryAfterMs = durationSpread(SHED_RETRY_MS, () => nth / SHED_REFUSALS);
      return refuse('overloaded', 'too many requests are under way; try again', { retryAfterMs });
    });
    this.#packedRefusals = this.#shedRefusals.map((refusal) =>
      encode(errorMessage(refusal, {}), 'msgpack'),
    );
  }

  /** Null: it is under way from now on, and `leave` has to be called at its end. */
  enter({ subject, kind, isFull = false }: Entrant): Refusal | null {
    if (isFull || !this.#admission.hasRoomFor(kind)) {
      return this.#shedRefusals[this.#nextRefusal(kind)] ?? null;
    }
    const retryAfterMs = this.#allowances.take(subject, kind);
    if (retryAfterMs > 0) {
      this.limited[kind] += 1;
      const text = `at most ${String(this.#perMinute)} requests of a kind a minute`;
      return refuse('rate_limited', text, { retryAfterMs });
    }
    this.#admission.enter();
    return null;
  }

  leave(): void {
    this.#admission.leave();
  }

  /**
   * What answers a MessagePack message that does not come in, encoded behind `headRoom` bytes, made without reading the message;
   * null: it has to be read, for there is room, or it is no common request.
   */
  refusalUnread(message: Uint8Array, headRoom: number, isFull: boolean): Uint8Array | null {
    if (!isFull && !this.#admission.isShedding) return null;
    const look = this.#look;
    look.at(message);
    if (look.type === null) return null;
    const kind = kindSeen(look);
    if (!isFull && this.#admission.hasRoomFor(kind)) return null;
    const packed = this.#packedRefusals[this.#nextRefusal(kind)];
    return packed === undefined ? null : look.answer(packed, headRoom);
  }

  sweep(): void {
    this.#allowances.sweep();
  }

  /** Every `SAMPLE_MS`. */
  sample(): void {
    this.#admission.sample();
  }

  /** Counts one that was shed. */
  #nextRefusal(kind: RequestKind): number {
    this.shed[kind] += 1;
    this.#nextShed = (this.#nextShed + 1) % SHED_REFUSALS;
    return this.#nextShed;
  }

  /** Requests that are under way, of all doors. */
  get underWay(): number {
    return this.#admission.underWay;
  }

  /** How many may be at the moment. */
  get bound(): number {
    return this.#admission.bound;
  }

  /** Devices and persons whose present minute is remembered. */
  get allowances(): number {
    return this.#allowances.size;
  }
}

function noCounts(): Counts {
  return { payment: 0, kitchen: 0, order: 0, other: 0, query: 0 };
}
