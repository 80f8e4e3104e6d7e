/** `menu.set_availability`: sold out, back again, or so many portions left. The last word counts, so no version is asked. */
import type { CommandDefinition } from '../command.js';
import { Draft } from '../draft.js';
import type { MenuSetAvailability } from '../payloads/menu.js';
import { notFound } from '../refused.js';

export const menuSetAvailability: CommandDefinition<'menu.set_availability', MenuSetAvailability> =
  {
    name: 'menu.set_availability',
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
  };
