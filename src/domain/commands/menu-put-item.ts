/** `menu.put_item`: a new item (expected version 0), or columns of one that is there; what is absent stays as it is. */
import type { FaultDetail } from '../../base/refusal.js';
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { EXPECTS } from '../expects.js';
import { modifierGroupFaults, newMenuItem } from '../menu-item.js';
import type { MenuItemColumns } from '../payloads/menu.js';
import { refused } from '../refused.js';

function faultsOf(state: BranchState, payload: MenuItemColumns): FaultDetail[] {
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

function decide(state: BranchState, payload: MenuItemColumns, context: CommandContext): Decision {
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

export const menuPutItem: CommandDefinition<'menu.put_item', MenuItemColumns> = {
  name: 'menu.put_item',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: ({ id }) => ({ items: [id] }),
  expects: EXPECTS['menu.put_item'],
  decide,
};
