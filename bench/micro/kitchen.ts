/** A branch in memory as the hub holds it, with orders that were decided and applied by the hub's own code. */
import { systemClock, systemTimers } from '#dist/base/clock.js';
import type { ChangeSet } from '#dist/domain/change-set.js';
import type { CommandDefinition } from '#dist/domain/command.js';
import type { OrderAggregate } from '#dist/domain/rows.js';
import { COMMANDS } from '#dist/domain/registry.js';
import { seedChangeSet } from '#dist/domain/seed.js';
import type { BranchCommand } from '#dist/hub/branch/command.js';
import { decide } from '#dist/hub/branch/decide.js';
import { OrderLeases } from '#dist/hub/branch/order-leases.js';
import { NO_COLD_RECORDS } from '#dist/hub/branch/state-view.js';
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { demoSeed } from '../hub/branches.js';
import { newId, type Command } from '../load/till.js';
import { newOrder } from '../load/work.js';

export const BRANCH = 'main';
const LINES = 3;
const ACTOR = { staffId: 'micro', deviceId: 'micro', role: 'manager' } as const;

export class Kitchen {
  readonly hot: HotBranch;
  readonly orderIds: string[] = [];
  readonly #leases = new OrderLeases(systemTimers);
  #lastNumber = 0;

  constructor() {
    const rows = seedChangeSet(demoSeed(BRANCH)).map(({ table, after }) => ({
      table,
      row: after,
      commitVersion: 1,
    }));
    const branch = demoSeed(BRANCH).branch;
    this.hot = new HotBranch({ branch: { ...branch, version: 1 }, version: 1, horizon: 0, rows });
  }

  /** What the command would change. */
  decide(command: BranchCommand): ChangeSet {
    const orderId = command.payload['order_id'];
    const decision = decide(command, {
      hot: this.hot,
      leases: this.#leases,
      cold: NO_COLD_RECORDS,
      devices: () => [],
      orderIds: typeof orderId === 'string' ? [orderId] : [],
      outside: {
        now: systemClock.now(),
        newId,
        takeNumbers: (count) => {
          this.#lastNumber += count;
          return this.#lastNumber - count + 1;
        },
      },
    });
    if (decision.kind !== 'change') throw new Error(`${command.definition.name}: ${decision.kind}`);
    return decision.changeSet;
  }

  apply(changeSet: ChangeSet): void {
    this.hot.apply(changeSet, this.hot.version + 1, []);
  }

  /** Decides and applies. */
  do(command: Command): ChangeSet {
    const changeSet = this.decide(branchCommand(command));
    this.apply(changeSet);
    return changeSet;
  }

  /** Opens the shift and that many orders, and sends them; gives every change set. */
  fill(orders: number): ChangeSet[] {
    const changeSets = [this.do({ name: 'shift.open', payload: { opening_float: 0 } })];
    for (let nth = 0; nth < orders; nth += 1) {
      const { order, open } = newOrder(LINES);
      this.orderIds.push(order.id);
      changeSets.push(this.do(open));
      changeSets.push(this.do({ name: 'order.send', payload: { order_id: order.id } }));
    }
    return changeSets;
  }

  order(orderId: string): OrderAggregate {
    const order = this.hot.orders.get(orderId);
    if (order === undefined) throw new Error(`order ${orderId} is hot`);
    return order;
  }

  /** The command that takes a line of the order a step further, forth and back between two steps. */
  nextStep(orderId: string, lineIndex: number): Command {
    const line = this.order(orderId).lines[lineIndex];
    if (line === undefined) throw new Error(`order ${orderId} has line ${lineIndex}`);
    return {
      name: 'kitchen.set_status',
      payload: {
        order_id: orderId,
        line_ids: [line.id],
        status: line.status === 'preparing' ? 'ready' : 'preparing',
      },
      expect: { order_line: { [line.id]: line.version } },
    };
  }
}

export function branchCommand({ name, payload, expect }: Command): BranchCommand {
  const definitions: Readonly<Record<string, CommandDefinition>> = COMMANDS;
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`there is no command ${name}`);
  const key = newId();
  return { definition, key, payload, expect, actor: ACTOR, clientAt: null, correlationId: null };
}
