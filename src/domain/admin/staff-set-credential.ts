/** `staff.set_credential`: that a person has a new PIN or password; its hash is written beside, as a secret. All their logins end. */
import type { BranchState, CommandContext, CommandDefinition, Decision } from '../command.js';
import { Draft } from '../draft.js';
import { notFound, refused } from '../refused.js';
import type { Role } from '../rows.js';
import { voided } from './staff-put.js';

interface Payload {
  readonly id: string;
  readonly credential: 'pin' | 'password';
}

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

export const staffSetCredential: CommandDefinition<'staff.set_credential', Payload> = {
  name: 'staff.set_credential',
  roles: [],
  shift: 'shared',
  needsOpenShift: false,
  records: () => ({}),
  decide,
};
