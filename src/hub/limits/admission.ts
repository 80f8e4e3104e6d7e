/**
 * How many requests may be under way in the whole hub. More would not be carried out any sooner, only later each; what does
 * not fit is refused at once, for as little as possible, so that the work goes into answers. As the hub fills, the kinds are
 * shed one after the other: what a restaurant can do without for a second goes first, money and plates last.
 */
import type { RequestKind } from './request-kind.js';

/** Up to which share of the bound a kind is let in. */
const SHARES: Readonly<Record<RequestKind, number>> = {
  /** A screen that asks again, a report that comes later. */
  query: 0.5,
  /** The shift, the drawer, the menu: rare, and seldom urgent. */
  other: 0.5,
  /** A waiter sees the refusal, and the device tries again; the guests have time. */
  order: 0.75,
  /** A bump that is lost is a plate that gets cold. */
  kitchen: 1,
  /** The guest stands there, and the card may have been charged already. */
  payment: 1,
};

/** What is let in is to be answered within about this time: the bound comes down to it on a slow machine or disk. */
const WAIT_MS = 500;
/** Never below this many: with fewer under way the commits come in small groups, and less is carried out. */
const BOUND_MIN = 64;
/** How fast a rate that was reached once is forgotten, a sample; so that a moment's stall of the disk sheds nothing. */
const RATE_KEPT = 0.7;

/** How often `sample` is to be called. */
export const SAMPLE_MS = 250;

export class Admission {
  readonly #max: number;
  readonly #min: number;
  #bound: number;
  /** Below this nothing is shed. */
  #lowestBound: number;
  #underWay = 0;
  /** Answered since the last sample. */
  #answered = 0;
  /** Requests that the hub answers in a millisecond when it is busy; at first as many as would fill the bound. */
  #perMs: number;

  constructor(underWayMax: number) {
    this.#max = underWayMax;
    this.#min = Math.min(BOUND_MIN, underWayMax);
    this.#bound = underWayMax;
    this.#perMs = underWayMax / WAIT_MS;
    this.#lowestBound = this.#lowest();
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** How many may be under way at the moment. */
  get bound(): number {
    return this.#bound;
  }

  /** Some kind is shed at the moment. */
  get isShedding(): boolean {
    return this.#underWay >= this.#lowestBound;
  }

  hasRoomFor(kind: RequestKind): boolean {
    return this.#underWay < this.#bound * SHARES[kind];
  }

  /** To be called where there is room, and `leave` once for it. */
  enter(): void {
    this.#underWay += 1;
  }

  leave(): void {
    this.#underWay -= 1;
    this.#answered += 1;
  }

  /** Every `SAMPLE_MS`: sets the bound by what the hub answers while it is busy; one that is not has all its room again. */
  sample(): void {
    const perMs = this.#answered / SAMPLE_MS;
    this.#answered = 0;
    if (this.#underWay >= this.#lowestBound) {
      this.#perMs = Math.max(perMs, this.#perMs * RATE_KEPT);
      this.#bound = Math.min(this.#max, Math.max(this.#min, Math.ceil(this.#perMs * WAIT_MS)));
    } else {
      this.#bound = Math.min(this.#max, this.#bound * 2);
    }
    this.#lowestBound = this.#lowest();
  }

  #lowest(): number {
    return this.#bound * Math.min(...Object.values(SHARES));
  }
}
