/** `device.pair`: a device that showed its pairing code, new or paired anew: what it held before is void. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import type { Device } from '../rows.js';
import { newDevice } from '../staff.js';

interface Payload extends Pick<Device, 'id' | 'name' | 'role'> {
  /** When the login begins that the device gets in the same commit: all that it held before is void. */
  readonly at: number;
}

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

export const devicePair: CommandDefinition<'device.pair', Payload> = {
  name: 'device.pair',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  decide,
};
