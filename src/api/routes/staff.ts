/** The people of a branch. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { staffPut } from '../../domain/admin/staff-put.js';
import { credentialOf, staffSetCredential } from '../../domain/admin/staff-set-credential.js';
import { Role } from '../../domain/branch-settings.js';
import { Name, strict } from '../../domain/fields.js';
import { ROW_SCHEMAS } from '../../protocol/row-schemas.js';
import { administer, CHANGE_REFUSALS } from '../administer.js';
import { CommandDone } from '../give.js';
import { hashSecret } from '../identity/secret-hash.js';
import { defineRoute } from '../route.js';
import { Password, Pin } from './auth.js';

const TAG = 'Staff';
const written = { 200: { description: 'Written', schema: CommandDone } };

export const staffRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/staff',
    tag: TAG,
    summary: 'The people of the branch',
    access: ['manager', 'admin'],
    answers: {
      200: { description: 'By id', schema: strict({ staff: Type.Array(ROW_SCHEMAS.staff) }) },
    },
    handle: ({ branch }) => ({
      body: {
        staff: [...branch.hub.hot.staff.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      },
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/staff/:staff',
    tag: TAG,
    summary: 'One person',
    access: ['manager', 'admin'],
    answers: { 200: { description: 'The person', schema: ROW_SCHEMAS.staff } },
    refusals: ['not_found'],
    handle({ branch, params }) {
      const person = branch.hub.hot.staff.get(params.staff);
      return person === undefined
        ? { refusal: refuse('not_found', 'no such person') }
        : { body: person, etag: String(person.version) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/branches/:branch/staff/:staff',
    tag: TAG,
    summary: 'Add a person, or change one',
    description:
      '`If-None-Match: *` adds, `If-Match` with the ETag that was seen changes; what is absent stays. A change of role or ' +
      '`active` ends the person’s logins at once.',
    access: ['admin'],
    idempotencyKey: 'optional',
    conditional: true,
    body: strict({
      name: Type.Optional(Name),
      role: Type.Optional(Role),
      active: Type.Optional(Type.Boolean()),
    }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) =>
      administer(call, {
        definition: staffPut,
        payload: { id: call.params.staff, ...call.body },
        versionOf: 'staff',
      }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/branches/:branch/staff/:staff/pin',
    tag: TAG,
    summary: 'Give a cashier, waiter or cook a new PIN',
    description: '4 to 8 digits. It is kept as an scrypt hash alone. The person’s logins end.',
    access: ['manager', 'admin'],
    body: strict({ pin: Pin }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) => setCredential(call, 'pin', call.body.pin),
  }),
  defineRoute({
    method: 'PUT',
    path: '/branches/:branch/staff/:staff/password',
    tag: TAG,
    summary: 'Give a manager or administrator a new password',
    description:
      '10 to 200 characters. It is kept as an scrypt hash alone. The person’s logins end.',
    access: ['admin'],
    body: strict({ password: Password }),
    answers: written,
    refusals: CHANGE_REFUSALS,
    handle: (call) => setCredential(call, 'password', call.body.password),
  }),
];

type Setting = Parameters<typeof administer>[0] & {
  readonly params: { readonly staff: string };
};

async function setCredential(call: Setting, credential: 'pin' | 'password', secret: string) {
  const { staff: id } = call.params;
  const person = call.branch.hub.hot.staff.get(id);
  const isTheirs = person !== undefined && credentialOf(person.role) === credential;
  // The decision refuses otherwise; a hash would be made for nothing.
  const hash = isTheirs ? await hashSecret(secret) : '';
  const at = call.context.clock.now();
  return administer(call, {
    definition: staffSetCredential,
    payload: { id, credential },
    secrets: [{ kind: 'credential', staffId: id, credential, hash, at }],
  });
}
