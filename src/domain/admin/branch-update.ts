/** `branch.update`: the branch's own settings; `id` is the branch's. What is absent stays as it is; the currency never changes. */
import { isZone } from '../business-date.js';
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { invalid, refused } from '../refused.js';
import type { Branch } from '../rows.js';

type Payload = Pick<Branch, 'id'> & Partial<Omit<Branch, 'id' | 'currency' | 'version'>>;

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const { branch, shift } = state;
  const { zone = branch.zone, cutoff_hour: cutoff = branch.cutoff_hour } = payload;
  if (!isZone(zone)) return invalid('/zone', 'must be an IANA time zone like Europe/London');
  if (shift !== null && (zone !== branch.zone || cutoff !== branch.cutoff_hour)) {
    return refused('invalid_state', 'a business date has begun: close the shift first');
  }
  const draft = new Draft(state, context);
  draft.update('branch', branch, payload);
  return draft.decision();
}

export const branchUpdate: CommandDefinition<'branch.update', Payload> = {
  name: 'branch.update',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ branch: [id] }),
  decide,
};
