/** `branch.update`: the branch's own settings; `id` is the branch's. What is absent stays as it is; the currency never changes. */
import { Type, type Static } from 'typebox';
import { CutoffHour, Settings, TaxRules } from '../branch-settings.js';
import { isZone } from '../business-date.js';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, Name, strict } from '../fields.js';
import { invalid, refused } from '../refused.js';

const Payload = strict({
  id: Id,
  name: Type.Optional(Name),
  zone: Type.Optional(Name),
  cutoff_hour: Type.Optional(CutoffHour),
  tax_rules: Type.Optional(TaxRules),
  settings: Type.Optional(Settings),
});
type Payload = Static<typeof Payload>;

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

export const branchUpdate = defineCommand({
  name: 'branch.update',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  expects: ({ id }) => ({ branch: [id] }),
  decide,
});
