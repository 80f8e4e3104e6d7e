/** `device.pair`: a device that showed its pairing code, new or paired anew: what it held before is void. */
import { Type, type Static } from 'typebox';
import { Role } from '../branch-settings.js';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { newDevice } from '../staff.js';

const Payload = strict({
  id: Id,
  name: Name,
  role: Role,
  /** When the login begins that the device gets in the same commit: all that it held before is void. */
  at: Type.Integer({ minimum: 0 }),
});
type Payload = Static<typeof Payload>;

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const draft = new Draft(state, context);
  const { at, ...device } = payload;
  const paired = { active: true, paired_at: at, tokens_from: at };
  const held = state.device(payload.id);
  if (held === undefined) {
    draft.insert('device', { ...newDevice(state.branch.id, device), ...paired });
  } else {
    draft.update('device', held, { ...device, ...paired });
  }
  return draft.decision();
}

export const devicePair = defineCommand({
  name: 'device.pair',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  decide,
});
