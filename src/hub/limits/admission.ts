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

export class Admission {
  readonly #bounds: Readonly<Record<RequestKind, number>>;
  /** Below this nothing is shed. */
  readonly #lowestBound: number;
  #underWay = 0;

  constructor(underWayMax: number) {
    const bound = (kind: RequestKind): number => Math.ceil(underWayMax * SHARES[kind]);
    this.#bounds = {
      query: bound('query'),
      other: bound('other'),
      order: bound('order'),
      kitchen: bound('kitchen'),
      payment: bound('payment'),
    };
    this.#lowestBound = Math.min(...Object.values(this.#bounds));
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Some kind is shed at the moment. */
  get isShedding(): boolean {
    return this.#underWay >= this.#lowestBound;
  }

  hasRoomFor(kind: RequestKind): boolean {
    return this.#underWay < this.#bounds[kind];
  }

  /** To be called where there is room, and `leave` once for it. */
  enter(): void {
    this.#underWay += 1;
  }

  leave(): void {
    this.#underWay -= 1;
  }
}
