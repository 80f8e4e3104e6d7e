/** kitchen.set_status: bump forward, steps skipped at will, or recall. Needs no open shift: what was sent is cooked. */
import type { CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { inKitchen } from '../order-state.js';
import type { KitchenSetStatus } from '../payloads/kitchen.js';
import { lineState, notFound, refused } from '../refused.js';
import type { OrderLine } from '../rows.js';

type Step = 'preparing' | 'ready' | 'served';

export const kitchenSetStatus: CommandDefinition<'kitchen.set_status', KitchenSetStatus> = {
  name: 'kitchen.set_status',
  roles: ['kitchen', 'cashier', 'waiter'],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ order_id }) => ({ orders: [order_id] }),
  expects: EXPECTS['kitchen.set_status'],
  decide(state, { order_id, line_ids, status }, context) {
    const { role } = context.actor;
    if (status !== 'served' && (role === 'cashier' || role === 'waiter')) {
      return refused('forbidden', `a ${role} may set lines served, not ${status}`);
    }
    const order = state.order(order_id);
    if (order === undefined) return notFound('order', order_id);
    const draft = new Draft(state, context);
    for (const id of new Set(line_ids)) {
      const line = order.lines.find((candidate) => candidate.id === id);
      if (line === undefined) return notFound('line', id);
      const illegal = refusedStep(line, status);
      if (illegal !== undefined) return illegal;
      draft.update('order_line', line, stepTo(line, status, context.now));
    }
    draft.settleOrder(order_id);
    return draft.decision();
  },
};

function recalled({ recalls }: OrderLine): Partial<OrderLine> {
  return { recalls: (recalls ?? 0) + 1 };
}

function refusedStep(line: OrderLine, step: Step): Decision | undefined {
  if (line.status === step) return undefined;
  if (line.station === null) return lineState(line, 'the line is of no station');
  if (inKitchen(line) || line.status === 'served') return undefined;
  return lineState(line, line.status === 'voided' ? 'the line is voided' : 'the line was not sent');
}

/** Times of steps skipped stay empty; going back clears those of later steps, and `sent_at` keeps the ticket's place. */
function stepTo(line: OrderLine, status: Step, now: number): Partial<OrderLine> {
  if (line.status === status) return {};
  switch (status) {
    case 'preparing': {
      const recall = line.status === 'queued' ? {} : recalled(line);
      const started_at = line.started_at ?? now;
      return { status, started_at, ready_at: null, served_at: null, ...recall };
    }
    case 'ready': {
      const recall = line.status === 'served' ? recalled(line) : {};
      return { status, ready_at: line.ready_at ?? now, served_at: null, ...recall };
    }
    case 'served':
      return { status, served_at: now };
  }
}
