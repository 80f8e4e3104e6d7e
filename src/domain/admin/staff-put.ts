/** `staff.put`: a new person (expected version 0), or columns of one who is there; what is absent stays as it is. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { missingFields, refused } from '../refused.js';
import type { Staff } from '../rows.js';
import { newStaff } from '../staff.js';

type Payload = Pick<Staff, 'id'> & Partial<Pick<Staff, 'name' | 'role' | 'active'>>;

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const draft = new Draft(state, context);
  const held = state.staff(payload.id);
  if (held === undefined) {
    const { id, name, role, active = true } = payload;
    if (name === undefined || role === undefined) return missingFields({ name, role });
    draft.insert('staff', { ...newStaff(state.branch.id, { id, name, role }), active });
    return draft.decision();
  }
  const { role = held.role, active = held.active } = payload;
  const turns = role !== held.role || active !== held.active;
  if (turns && held.id === context.actor.staffId) {
    return refused('invalid_state', 'nobody changes their own role or locks themselves out');
  }
  draft.update('staff', held, { ...payload, ...(turns && voided(context)) });
  return draft.decision();
}

/** Whoever is logged in is so no longer. */
export function voided(context: CommandContext): Pick<Staff, 'tokens_from'> {
  return { tokens_from: context.now };
}

export const staffPut: CommandDefinition<'staff.put', Payload> = {
  name: 'staff.put',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ staff: [id] }),
  decide,
};
