/** Random traffic: everybody acts on what their screens show, at once, on good lines and bad, and repeats themselves. */
import { HOUSE_MOVES } from './house-moves.js';
import type { Request } from './journal.js';
import type { Setting, Wanted } from './moves.js';
import { ORDER_MOVES } from './order-moves.js';
import type { Participant } from './participant.js';
import type { Random } from './random.js';
import type { Restaurant } from './restaurant.js';

const MOVES = [...ORDER_MOVES, ...HOUSE_MOVES];

/** Tries to find something to do, before somebody has nothing to do. */
const TRIES = 5;

export interface TrafficOptions {
  readonly restaurant: Restaurant;
  readonly dice: Random;
  readonly steps: number;
}

export async function runTraffic({ restaurant, dice, steps }: TrafficOptions): Promise<void> {
  const traffic = new Traffic(restaurant, dice);
  const restarts = new Map([
    [Math.floor(steps / 3), true],
    [Math.floor((steps * 2) / 3), false],
  ]);
  for (let step = 0; step < steps; step += 1) {
    await traffic.step();
    const clean = restarts.get(step);
    if (clean !== undefined) await restaurant.restart(clean);
  }
  await restaurant.calm();
  await traffic.askAgain();
  await restaurant.calm();
}

class Traffic {
  readonly #restaurant: Restaurant;
  readonly #dice: Random;

  constructor(restaurant: Restaurant, dice: Random) {
    this.#restaurant = restaurant;
    this.#dice = dice;
  }

  /** A burst of commands, given at once; then a moment, in which lines may break. */
  async step(): Promise<void> {
    const dice = this.#dice;
    const { participants } = this.#restaurant;
    for (let count = dice.whole(1, 6); count > 0; count -= 1) {
      const who = dice.pick(participants);
      if (who?.isConnected === true) this.#act(who);
    }
    for (const participant of participants) this.#disturb(participant);
    if (dice.chance(0.3)) this.#restaurant.pass(dice.whole(1, 1_500));
    // Hours without a guest: the next shift may be of another business date.
    if (dice.chance(0.01)) this.#restaurant.clock.advance(8 * 3_600_000);
    if (dice.chance(0.7)) await this.#restaurant.quiet();
    else await this.#restaurant.turn(dice.whole(0, 4));
  }

  /** Whoever never heard the answer of a request asks again, until all are answered for good. */
  async askAgain(): Promise<void> {
    const { journal } = this.#restaurant;
    for (let round = 0; round < 5; round += 1) {
      const open = journal.requests.filter((request) => journal.isOpen(request));
      if (open.length === 0) return;
      for (const request of open) {
        const sender = journal.sendings.find((sending) => sending.request === request);
        const who = this.#restaurant.participants.find(
          ({ post }) => `${post.name}-device` === sender?.deviceId,
        );
        who?.give(request);
      }
      await this.#restaurant.quiet();
      this.#restaurant.pass(5_000);
    }
    throw new Error('a request was never answered');
  }

  #act(who: Participant): void {
    const dice = this.#dice;
    if (dice.chance(0.08)) {
      this.#repeat(who);
      return;
    }
    const wanted = this.#want(who);
    if (wanted === null) return;
    const { branchId } = who.post;
    const request: Request = { branchId, key: this.#restaurant.newId(branchId, 'key'), ...wanted };
    who.give(request);
    if (dice.chance(0.04)) who.give(request);
    if (dice.chance(0.04)) this.#alsoFrom(who, request);
    if (dice.chance(0.01)) who.give({ ...request, branchId: otherThan(branchId) });
  }

  #want(who: Participant): Wanted | null {
    const { role, branchId } = who.post;
    const setting: Setting = {
      who,
      dice: this.#dice,
      newId: (kind) => this.#restaurant.newId(branchId, kind),
    };
    const moves = MOVES.filter(({ roles }) => roles.includes(role));
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const wanted = this.#dice.weighted(moves)?.make(setting) ?? null;
      if (wanted !== null) return wanted;
    }
    return null;
  }

  /** Something that they asked before; now and then another thing under its key. */
  #repeat(who: Participant): void {
    const device = `${who.post.name}-device`;
    const own = this.#restaurant.journal.sendings
      .slice(-400)
      .filter(({ deviceId }) => deviceId === device);
    const sending = this.#dice.pick(own);
    if (sending === undefined) return;
    const wanted = this.#dice.chance(0.15) ? this.#want(who) : null;
    // The same content once more, by chance, would be no other content.
    if (wanted !== null && wanted.name === sending.request.name) return;
    who.give({ ...sending.request, ...wanted });
  }

  /** The same request over another connection of the same role, as a till's twin would send it. */
  #alsoFrom(who: Participant, request: Request): void {
    const twins = this.#restaurant
      .inBranch(who.post.branchId)
      .filter(({ post, isConnected }) => post.role === who.post.role && isConnected);
    this.#dice.pick(twins)?.give(request);
  }

  #disturb(participant: Participant): void {
    const dice = this.#dice;
    if (participant.client === null) {
      if (dice.chance(0.3)) participant.connect(this.#restaurant.hub);
    } else if (participant.isStalled) {
      if (dice.chance(0.15)) participant.resume();
    } else if (dice.chance(0.008)) {
      participant.drop();
    } else if (dice.chance(0.01)) {
      participant.stall();
    } else if (dice.chance(0.02) && participant.isConnected) {
      this.#followAgain(participant);
    }
  }

  #followAgain(participant: Participant): void {
    const followed = this.#dice.pick(participant.post.views);
    if (followed === undefined) return;
    if (this.#dice.chance(0.3)) participant.unfollow(followed);
    participant.follow(followed, this.#dice.pick(['held', 'held', 'nothing', 'elsewhere']));
  }
}

function otherThan(branchId: string): string {
  return branchId === 'north' ? 'south' : 'north';
}
