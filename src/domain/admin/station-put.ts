/** `station.put`: a new station (expected version 0), or columns of one that is there; what is absent stays as it is. */
import { Type, type Static } from 'typebox';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { Names } from '../menu-item.js';
import { missingFields } from '../refused.js';

const Payload = strict({
  id: Id,
  name: Type.Optional(Name),
  names: Type.Optional(Names),
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
});
type Payload = Static<typeof Payload>;

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const draft = new Draft(state, context);
  const held = state.station(payload.id);
  if (held !== undefined) {
    draft.update('station', held, payload);
    return draft.decision();
  }
  const { id, name, names = {}, position = 0 } = payload;
  if (name === undefined) return missingFields({ name });
  const branchId = state.branch.id;
  draft.insert('station', { id, branch_id: branchId, name, names, position, version: 1 });
  return draft.decision();
}

export const stationPut = defineCommand({
  name: 'station.put',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ station: [id] }),
  decide,
});
