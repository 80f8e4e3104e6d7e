/** `staff.put`: a new person (expected version 0), or columns of one who is there; what is absent stays as it is. */
import { Type, type Static } from 'typebox';
import { Role } from '../branch-settings.js';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { missingFields, refused } from '../refused.js';
import type { Staff } from '../rows.js';
import { newStaff } from '../staff.js';

const Payload = strict({
  id: Id,
  name: Type.Optional(Name),
  role: Type.Optional(Role),
  active: Type.Optional(Type.Boolean()),
});
type Payload = Static<typeof Payload>;

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

export const staffPut = defineCommand({
  name: 'staff.put',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ staff: [id] }),
  decide,
});
