/** `staff.set_credential`: that a person has a new PIN or password; its hash is written beside, as a secret. All their logins end. */
import { Type, type Static } from 'typebox';
import { defineCommand, type BranchState, type CommandContext, type Decision } from '../command.js';
import { Draft } from '../draft.js';
import { Id, strict } from '../fields.js';
import { notFound, refused } from '../refused.js';
import type { Role } from '../rows.js';
import { voided } from './staff-put.js';

const Payload = strict({
  id: Id,
  credential: Type.Union([Type.Literal('pin'), Type.Literal('password')]),
});
type Payload = Static<typeof Payload>;

/** A few digits are enough at a till that is known and throttled; whoever may change the books needs more. */
export function credentialOf(role: Role): Payload['credential'] {
  return role === 'manager' || role === 'admin' ? 'password' : 'pin';
}

function decide(state: BranchState, payload: Payload, context: CommandContext): Decision {
  const person = state.staff(payload.id);
  if (person === undefined) return notFound('staff', payload.id);
  const wanted = credentialOf(person.role);
  if (payload.credential !== wanted) {
    return refused('invalid_state', `a ${person.role} logs in with a ${wanted}`);
  }
  const draft = new Draft(state, context);
  const setAt = wanted === 'pin' ? { pin_set_at: context.now } : { password_set_at: context.now };
  draft.update('staff', person, { ...setAt, ...voided(context) });
  return draft.decision();
}

export const staffSetCredential = defineCommand({
  name: 'staff.set_credential',
  payload: Payload,
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  decide,
});
