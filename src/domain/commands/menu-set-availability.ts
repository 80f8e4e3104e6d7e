/** `menu.set_availability`: sold out, back again, or so many portions left. The last word counts, so no version is asked. */
import { Type } from 'typebox';
import { defineCommand } from '../command.js';
import { Draft } from '../draft.js';
import { Id, strict } from '../fields.js';
import { Remaining } from '../menu-item.js';
import { notFound } from '../refused.js';

export const menuSetAvailability = defineCommand({
  name: 'menu.set_availability',
  payload: strict({
    item_id: Id,
    available: Type.Boolean(),
    remaining: Type.Optional(Remaining),
  }),
  roles: ['cashier', 'kitchen'],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ item_id }) => ({ items: [item_id] }),
  decide(state, { item_id, ...columns }, context) {
    const item = state.item(item_id);
    if (item === undefined) return notFound('item', item_id);
    const draft = new Draft(state, context);
    draft.update('menu_item', item, columns);
    return draft.decision();
  },
});
