/** `order.erase_personal_data`: takes the guest's name and the notes out of a finished order; its money and its history stay. */
import type { CommandDefinition, PersonalValue } from '../command.js';
import { Draft } from '../draft.js';
import { isFinished } from '../order-state.js';
import { notFound, refused } from '../refused.js';
import type { OrderAggregate } from '../rows.js';
import { PERSONAL_COLUMNS } from '../tables.js';

/** What of an order may be erased for itself. */
export type PersonalKind = 'customer_name' | 'note';

export interface OrderErasePersonalData {
  readonly id: string;
  readonly kinds: readonly PersonalKind[];
}

export const orderErasePersonalData: CommandDefinition<
  'order.erase_personal_data',
  OrderErasePersonalData
> = {
  name: 'order.erase_personal_data',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ id }) => ({ orders: [id] }),
  decide(state, { id, kinds }, context) {
    const order = state.order(id);
    if (order === undefined) return notFound('order', id);
    const { header } = order;
    if (!isFinished(header) || header.stations.length > 0) {
      const still = isFinished(header) ? 'on the screens of the kitchen' : header.status;
      const message = `order ${String(header.number)} is still ${still}: it is worked by its name and notes`;
      return refused('invalid_state', message, { details: { status: header.status } });
    }
    const draft = new Draft(state, context);
    const values = valuesOf(order, kinds);
    for (const { table, id: rowId, column } of values) {
      if (table === 'order_header') draft.update(table, header, { [column]: null });
      else {
        const line = order.lines.find((one) => one.id === rowId);
        if (line !== undefined) draft.update('order_line', line, { [column]: null });
      }
    }
    const decision = draft.decision({ erased: values });
    // What was cleared long ago still stands as a hash in the history: then its salt alone goes.
    return decision.kind === 'unchanged'
      ? { kind: 'change', changeSet: [], erased: values }
      : decision;
  },
};

/** Every value that is there or may have been. */
function valuesOf({ header, lines }: OrderAggregate, kinds: readonly string[]): PersonalValue[] {
  const of = (table: PersonalValue['table'], id: string): PersonalValue[] =>
    (PERSONAL_COLUMNS[table] ?? [])
      .filter((column) => kinds.includes(column))
      .map((column) => ({ table, id, column }));
  return [...of('order_header', header.id), ...lines.flatMap(({ id }) => of('order_line', id))];
}
