/** `device.put`: columns of a device that is there; what is absent stays as it is. `active: false` unpairs it. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { notFound, refused } from '../refused.js';
import type { Device } from '../rows.js';

type Payload = Pick<Device, 'id'> & Partial<Pick<Device, 'name' | 'role' | 'active'>>;

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

export const devicePut: CommandDefinition<'device.put', Payload> = {
  name: 'device.put',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ device: [id] }),
  decide,
};
