/** Whole evenings at a real hub, each command predicted from its sender's own screen before it is given. */
import { seenBy } from '../../../src/client/prediction/intents.js';
import {
  predict,
  type Prediction,
  type PredictedCommand,
} from '../../../src/client/prediction/predict.js';
import { isQueueable, withIds } from '../../../src/client/prediction/queueable.js';
import { Tables } from '../../../src/client/replica/tables.js';
import type { CommandName } from '../../../src/domain/registry.js';
import type { ViewRow } from '../../../src/protocol/messages.js';
import type { BranchGetResult } from '../../../src/protocol/results.js';
import { memoryEngine } from '../../support/random-traffic/engine.js';
import { HOUSE_MOVES } from '../../support/random-traffic/house-moves.js';
import type { Answer } from '../../support/random-traffic/journal.js';
import type { Wanted } from '../../support/random-traffic/moves.js';
import { ORDER_MOVES } from '../../support/random-traffic/order-moves.js';
import type { Participant } from '../../support/random-traffic/participant.js';
import { Random } from '../../support/random-traffic/random.js';
import { Restaurant } from '../../support/random-traffic/restaurant.js';

const BRANCH = 'north';
const MOVES = [...ORDER_MOVES, ...HOUSE_MOVES];
/** The drawer's rows are shown late, and a lock is the hub's alone. */
const LEFT_OUT = /^(cash\.|order\.(un)?lock$)/;

/** One command: what was foreseen, what the hub said, and the sender's screen before, as foreseen and after. */
export interface Trial {
  readonly command: PredictedCommand;
  readonly role: string;
  readonly prediction: Prediction;
  /** The same once more, on the screen as it is after the answer. */
  readonly again: Prediction;
  readonly answer: Answer;
  readonly before: Tables;
  readonly after: Tables;
}

/** What its channels show, in one reader, as a client with a queue holds them. */
export function screenOf(who: Participant): Tables {
  const tables = new Tables();
  const orders = who.post.role === 'kitchen' ? 'kitchen' : 'orders';
  for (const view of [orders, 'menu', 'shift'] as const) {
    const followed = who.post.views.find((one) => one.view === view);
    const held = followed === undefined ? undefined : who.held(followed);
    for (const [table, rows] of held?.tables ?? []) {
      for (const row of rows.values()) tables.set(table, row.id, row);
    }
  }
  return tables;
}

export async function evening(seed: number, steps: number): Promise<readonly Trial[]> {
  const dice = new Random(seed);
  const restaurant = await Restaurant.open(memoryEngine, dice);
  const people = restaurant.inBranch(BRANCH);
  const trials: Trial[] = [];
  for (let step = 0; step < steps; step += 1) {
    restaurant.pass(500);
    await restaurant.quiet();
    const who = dice.pick(people);
    if (who?.client === null || who === undefined) continue;
    const moves = MOVES.filter(({ roles }) => roles.includes(who.post.role));
    const newId = (kind: string): string => restaurant.newId(BRANCH, kind);
    const wanted = dice.weighted(moves)?.make({ who, dice, newId });
    if (wanted === null || wanted === undefined || LEFT_OUT.test(wanted.name)) continue;
    const trial = await tried(restaurant, who, { wanted, key: `key-${String(step)}` });
    if (trial !== null) trials.push(trial);
  }
  await restaurant.close();
  return trials;
}

/** Gives the command; null: it is none that may be queued, so that nothing was foreseen. */
async function tried(
  restaurant: Restaurant,
  who: Participant,
  { wanted, key }: { readonly wanted: Wanted; readonly key: string },
): Promise<Trial | null> {
  const name = wanted.name as CommandName;
  if (!isQueueable(name)) {
    who.give({ branchId: BRANCH, key, ...wanted });
    await restaurant.quiet();
    return null;
  }
  const payload = withIds(name, wanted.payload as never, () => restaurant.newId(BRANCH, 'made'));
  const at = restaurant.clock.now();
  const command = { key, name, payload, at, clientAt: null } as PredictedCommand;
  const asked = who.client?.query('branch.get', {});
  await restaurant.quiet();
  const reply = await asked;
  if (reply?.type !== 'result') throw new Error('branch.get is answered');
  const { role, name: id } = who.post;
  const principal = { id, name: id, role, branch_id: BRANCH, device_id: `${id}-device` };
  const context = { ...(reply.result as BranchGetResult), principal };
  const before = screenOf(who);
  const prediction = predict(before, command, context);
  const seen = seenBy(before, name, payload);
  const request = { branchId: BRANCH, key, name, payload: payload as Wanted['payload'] };
  who.give({ ...request, ...(seen !== null && { expect: seen.expect }) });
  await restaurant.quiet();
  const answer = restaurant.journal.sendings.at(-1)?.answer;
  if (answer === null || answer === undefined) throw new Error('the command is answered');
  const after = screenOf(who);
  return {
    command,
    role,
    prediction,
    again: predict(after, command, context),
    answer,
    before,
    after,
  };
}

const COMPARED = ['order_header', 'order_line', 'order_payment', 'order_adjustment', 'menu_item'];
/** Made by the hub: the ids of adjustments, and the number of an order that was given none. */
const HUB_MADE: Readonly<Record<string, string>> = {
  order_adjustment: 'id',
  order_header: 'number',
};

/** The rows of a screen in one order, without what the hub makes; `over`: rows laid over them. */
export function picture(tables: Tables, over: readonly { table: string; row: ViewRow }[]): unknown {
  return COMPARED.map((table) => {
    const rows = new Map<string, ViewRow>(tables.table(table));
    for (const laid of over) if (laid.table === table) rows.set(laid.row.id, laid.row);
    const left = HUB_MADE[table];
    const shown = [...rows.values()].map((row) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([column]) => column !== left)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
    return shown.map((row) => JSON.stringify(row)).sort();
  });
}
