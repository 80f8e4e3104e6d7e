/** Who works in the simulated restaurant, and what their screens show. */
import type { Role } from '../../src/domain/rows.js';
import type { Encoding } from '../../src/protocol/messages.js';
import type { FollowedView } from '../support/random-traffic/participant.js';
import type { Random } from '../support/random-traffic/random.js';
import { BRANCH } from './house.js';

export interface Person {
  readonly name: string;
  readonly role: Role;
  readonly encoding: Encoding;
  readonly views: readonly FollowedView[];
}

const GRILL: FollowedView = { view: 'kitchen', station: `${BRANCH}-grill` };
const KITCHEN: FollowedView = { view: 'kitchen' };
const ORDERS: FollowedView = { view: 'orders' };
const MENU: FollowedView = { view: 'menu' };
const SHIFT: FollowedView = { view: 'shift' };
const BOARD: FollowedView = { view: 'board' };
const DEVICES: FollowedView = { view: 'devices' };

/** Every channel that anybody follows. */
export const ALL_VIEWS = [GRILL, KITCHEN, ORDERS, MENU, SHIFT, BOARD, DEVICES];

const VIEWS: Readonly<
  Record<'cashier' | 'waiter' | 'manager' | 'kitchen', readonly FollowedView[]>
> = {
  cashier: [ORDERS, MENU, SHIFT, KITCHEN],
  waiter: [ORDERS, MENU, BOARD],
  manager: [ORDERS, MENU, SHIFT, KITCHEN, DEVICES],
  kitchen: [GRILL, MENU],
};

type Post = keyof typeof VIEWS;

/** There is always a till, a kitchen and somebody who may do everything. */
const ALWAYS: readonly Post[] = ['cashier', 'kitchen', 'manager'];
const OTHERS: readonly Post[] = ['cashier', 'cashier', 'waiter', 'kitchen'];

export function choosePeople(dice: Random, count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => {
    const role = ALWAYS[index] ?? dice.pick(OTHERS) ?? 'cashier';
    return {
      name: `${role}-${String(index + 1)}`,
      role,
      encoding: dice.chance(0.25) ? 'json' : 'msgpack',
      views: VIEWS[role],
    };
  });
}
