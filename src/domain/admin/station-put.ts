/** `station.put`: a new station (expected version 0), or columns of one that is there; what is absent stays as it is. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { missingFields } from '../refused.js';
import type { Station } from '../rows.js';

type Payload = Pick<Station, 'id'> & Partial<Pick<Station, 'name' | 'names' | 'position'>>;

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

export const stationPut: CommandDefinition<'station.put', Payload> = {
  name: 'station.put',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ station: [id] }),
  decide,
};
