/** `device.put`: columns of a device that is there; what is absent stays as it is. `active: false` unpairs it. */
import { Type, type Static } from 'typebox';
import { Role } from '../branch-settings.js';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { notFound, refused } from '../refused.js';

const Payload = strict({
  id: Id,
  name: Type.Optional(Name),
  role: Type.Optional(Role),
  active: Type.Optional(Type.Boolean()),
});
type Payload = Static<typeof Payload>;

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const held = state.device(payload.id);
  if (held === undefined) return notFound('device', payload.id);
  const { role = held.role, active = held.active } = payload;
  if (active && !held.active) {
    return refused('invalid_state', 'a device that was unpaired is paired again with a new code');
  }
  const turns = role !== held.role || active !== held.active;
  const draft = new Draft(state, context);
  draft.update('device', held, { ...payload, ...(turns && { tokens_from: context.now }) });
  return draft.decision();
}

export const devicePut = defineCommand({
  name: 'device.put',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ device: [id] }),
  decide,
});
