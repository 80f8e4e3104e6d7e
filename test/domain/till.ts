/** A till at a branch of the tests: gives commands as the hub would, and looks at what they did. */
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { assert } from '../../src/base/assert.js';
import type { CommandDefinition, Decision } from '../../src/domain/command.js';
import { kitchenSetStatus } from '../../src/domain/commands/kitchen-set-status.js';
import { orderOpen } from '../../src/domain/commands/order-open.js';
import { orderSend } from '../../src/domain/commands/order-send.js';
import type { LineRequest } from '../../src/domain/payloads/line.js';
import { COMMANDS } from '../../src/domain/registry.js';
import type { OrderAdjustment, OrderHeader, OrderLine, Role } from '../../src/domain/rows.js';
import { outcome, TestBranch } from '../support/domain.js';
import { makeItem } from '../support/rows.js';

const SCHEMAS: ReadonlyMap<string, TSchema> = new Map(
  Object.values(COMMANDS).map(({ name, payload }) => [name, payload]),
);

/** A menu: steak (grill, 1,000), beer (bar, 500), water (no station, 200). */
export class Till {
  readonly branch: TestBranch;

  constructor(branch = new TestBranch()) {
    this.branch = branch;
    branch.put('menu_item', makeItem({ id: 'beer', name: 'Beer', station: 'bar', price: 500 }));
    branch.put('menu_item', makeItem({ id: 'water', name: 'Water', station: null, price: 200 }));
  }

  /** Checks the payload as the door does, decides, and takes the change in. */
  give<Payload>(
    command: CommandDefinition<string, Payload>,
    payload: Payload,
    role: Role = 'manager',
  ): Decision {
    const schema = SCHEMAS.get(command.name);
    assert(schema, `${command.name} is registered`);
    assert(Value.Check(schema, payload), `${command.name} takes such a payload`);
    return this.branch.run(command, payload, this.branch.context(role));
  }

  /** As `give`, for what must go through. */
  done<Payload>(command: CommandDefinition<string, Payload>, payload: Payload): void {
    const decision = this.give(command, payload);
    assert(decision.kind === 'change', `${command.name} went through: ${outcome(decision)}`);
  }

  /** An order of these items, one line each, with ids `<order>-<n>` from 1. */
  open(order_id: string, items: readonly (string | Omit<LineRequest, 'line_id'>)[]): void {
    const lines = items.map((item, index) => ({
      ...(typeof item === 'string' ? { item_id: item, qty: 1 } : item),
      line_id: `${order_id}-${(index + 1).toString()}`,
    }));
    this.done(orderOpen, { order_id, order_type: 'dine_in', table_no: '1', lines });
  }

  /** As `open`, and all of it sent. */
  openSent(order_id: string, items: readonly (string | Omit<LineRequest, 'line_id'>)[]): void {
    this.open(order_id, items);
    this.done(orderSend, { order_id });
  }

  bump(order_id: string, line_id: string, status: 'preparing' | 'ready' | 'served'): void {
    this.done(kitchenSetStatus, { order_id, line_ids: [line_id], status });
  }

  header(id: string): OrderHeader {
    return this.branch.row('order_header', id);
  }

  line(id: string): OrderLine {
    return this.branch.row('order_line', id);
  }

  lines(orderId: string): readonly OrderLine[] {
    return this.branch.order(orderId)?.lines ?? [];
  }

  adjustments(orderId: string): readonly OrderAdjustment[] {
    return this.branch.order(orderId)?.adjustments ?? [];
  }
}

/** The refusal's details. */
export function detailsOf(decision: Decision): unknown {
  return decision.kind === 'refused' ? decision.refusal.details : undefined;
}
