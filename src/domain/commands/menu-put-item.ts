/** `menu.put_item`: a new item (expected version 0), or columns of one that is there; what is absent stays as it is. */
import type { Static } from 'typebox';
import type { FaultDetail } from '../../base/refusal.js';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { MenuItemColumns, modifierGroupFaults, newMenuItem } from '../menu-item.js';
import { refused } from '../refused.js';

type Payload = Static<typeof MenuItemColumns>;

function faultsOf(state: BranchState, payload: Payload): FaultDetail[] {
  const faults = modifierGroupFaults(payload.modifier_groups ?? []);
  const { station } = payload;
  if (typeof station === 'string' && state.station(station) === undefined) {
    faults.push({ path: '/station', reason: 'is no station of this branch' });
  }
  if (state.item(payload.id) === undefined) {
    const reason = 'is needed for a new item';
    if (payload.name === undefined) faults.push({ path: '/name', reason });
    if (payload.price === undefined) faults.push({ path: '/price', reason });
  }
  return faults;
}

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const faults = faultsOf(state, payload);
  if (faults.length > 0) {
    return refused('validation_failed', 'the item cannot be like this', { details: faults });
  }
  const draft = new Draft(state, context);
  const held = state.item(payload.id);
  if (held !== undefined) {
    draft.update('menu_item', held, payload);
    return draft.decision();
  }
  const { name = '', price = 0, ...columns } = payload;
  draft.insert('menu_item', newMenuItem(state.branch.id, { ...columns, name, price }));
  return draft.decision();
}

export const menuPutItem = defineCommand({
  name: 'menu.put_item',
  payload: MenuItemColumns,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ id }) => ({ items: [id] }),
  expects: ({ id }) => ({ menu_item: [id] }),
  decide,
});
