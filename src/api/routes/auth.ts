/** Logging in and out, and the pairing of devices. */
import { Type } from 'typebox';
import type { Refusal } from '../../base/refusal.js';
import { refuse } from '../../base/refusal.js';
import { Role } from '../../domain/branch-settings.js';
import { Id, Name, strict } from '../../domain/fields.js';
import { addressKey } from '../../hub/limits/address.js';
import { Time } from '../../protocol/schemas.js';
import type { Granted } from '../identity/sessions.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const TAG = 'Identity';

/** Characters of a PIN and of a password. */
export const Pin = Type.String({ pattern: '^[0-9]{4,8}$' });
export const Password = Type.String({ minLength: 10, maxLength: 200 });
const TokenText = Type.String({ minLength: 1, maxLength: 4_096 });

const PrincipalShape = strict({ id: Id, name: Name, role: Role, branch_id: Id, device_id: Id });

const GrantedShape = strict({
  access_token: Type.String({ description: 'For `Authorization: Bearer` and for `hello`.' }),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'Seconds that the access token is good for.' }),
  refresh_token: Type.String({ description: 'Good once, for the next refresh.' }),
  refresh_expires_in: Type.Integer({ description: 'Seconds that the refresh token is good for.' }),
  principal: PrincipalShape,
});

const granted = { 200: { description: 'Logged in', schema: GrantedShape } };

function answer(result: Granted | Refusal): RouteAnswer {
  return 'code' in result ? { refusal: result } : { body: result };
}

/** Whoever is refused may try with other words; what is not there may not be guessed by how it is refused. */
const LOGIN_REFUSALS = ['rate_limited', 'overloaded', 'storage_unavailable', 'draining'] as const;

export const authRoutes = [
  defineRoute({
    method: 'POST',
    path: '/auth/login',
    tag: TAG,
    summary: 'Log in at a paired device',
    description:
      'Asked with the access token of the device itself. Cashiers, waiters and cooks log in with a PIN, managers and ' +
      'administrators with a password. After four wrong tries the device has to wait for that person, longer each time; other ' +
      'devices never do.',
    access: 'signed_in',
    body: strict({
      staff_id: Id,
      pin: Type.Optional(Pin),
      password: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
    answers: granted,
    refusals: LOGIN_REFUSALS,
    async handle({ body, branch, principal, correlationId, context }) {
      const { staff_id: staffId, pin, password } = body;
      if (principal.id !== principal.device_id) {
        return { refusal: refuse('forbidden', 'this takes the token of the device itself') };
      }
      const secret = pin ?? password;
      if (secret === undefined || (pin !== undefined && password !== undefined)) {
        const details = [{ path: '/pin', reason: 'or a password must be given, one of the two' }];
        return { refusal: refuse('validation_failed', 'give a pin or a password', { details }) };
      }
      const kind = pin === undefined ? 'password' : 'pin';
      const deviceId = principal.device_id;
      const request = { branch, deviceId, staffId, kind, secret, correlationId } as const;
      return answer(await context.identity.logins.login(request));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/password',
    tag: TAG,
    summary: 'Log in from a browser that is no paired device',
    description:
      'For managers and administrators: reports, staff, devices, from wherever they are.',
    access: 'public',
    body: strict({
      branch_id: Id,
      staff_id: Id,
      password: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    answers: granted,
    refusals: ['unauthenticated', ...LOGIN_REFUSALS],
    async handle({ body, correlationId, remoteAddress, context }) {
      const { branch_id: branchId, staff_id: staffId, password: secret } = body;
      const branch = context.hub.branches.get(branchId);
      if (branch === undefined) {
        return { refusal: refuse('unauthenticated', 'the person or the secret is wrong') };
      }
      const deviceId = `web:${addressKey(remoteAddress).replaceAll(/[^A-Za-z0-9.:]/g, '-')}`;
      const request = { branch, deviceId, staffId, kind: 'password', secret, correlationId };
      return answer(await context.identity.logins.login({ ...request, kind: 'password' }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/refresh',
    tag: TAG,
    summary: 'Exchange a refresh token for the next one and an access token',
    description:
      'Each refresh token is good once. A device that lost the answer may ask again with the same token within 10 s, and gets ' +
      'the same successor. Any other second use ends the login, its connections and its access tokens.',
    access: 'public',
    body: strict({ refresh_token: TokenText, device_id: Id }),
    answers: { 200: { description: 'Renewed', schema: GrantedShape } },
    refusals: ['unauthenticated', 'token_expired', 'storage_unavailable', 'draining'],
    async handle({ body, correlationId, context }) {
      const { refresh_token: token, device_id: deviceId } = body;
      const { sessions } = context.identity;
      return answer(await sessions.refresh({ token, deviceId, correlationId }));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/logout',
    tag: TAG,
    summary: 'End the login that the access token belongs to',
    description: 'Its connections are closed, its access and refresh tokens are void.',
    access: 'signed_in',
    answers: { 204: { description: 'Logged out' } },
    refusals: ['invalid_state', 'storage_unavailable', 'draining'],
    async handle({ principal, grant, branch, correlationId, context }): Promise<RouteAnswer> {
      if (grant.sessionId === null) {
        const text = 'this token belongs to no login: it ends when it expires';
        return { refusal: refuse('invalid_state', text) };
      }
      const actor = { staffId: principal.id, deviceId: principal.device_id };
      const ending = { command: 'auth.logout', actor, correlationId } as const;
      const ended = await context.identity.sessions.end(branch, grant.sessionId, ending);
      return typeof ended === 'boolean' ? {} : { refusal: ended };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/pair',
    tag: TAG,
    summary: 'Pair this device with a code',
    description:
      'Exchanges the code that an administrator read out for the device’s own tokens. A code is good once, for 10 minutes and 5 ' +
      'tries; it is typed in small or capital letters, with or without dashes.',
    access: 'public',
    body: strict({ code: Type.String({ minLength: 1, maxLength: 40 }) }),
    answers: { 200: { description: 'Paired', schema: GrantedShape } },
    refusals: ['unauthenticated', 'storage_unavailable', 'draining'],
    async handle({ body, correlationId, context }) {
      return answer(await context.identity.pairing.pair(body.code, correlationId));
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/branches/:branch/pairing-codes',
    tag: TAG,
    summary: 'Get a code that pairs a device',
    description:
      'To be read out to whoever sets the device up. With `device_id` a known device is paired anew, and what it held is void.',
    access: ['admin'],
    body: strict({ name: Name, role: Role, device_id: Type.Optional(Id) }),
    answers: {
      201: {
        description: 'The code, shown this once',
        schema: strict({ code: Type.String(), device_id: Id, expires_at: Time }),
      },
    },
    refusals: ['not_found', 'overloaded', 'storage_unavailable', 'draining'],
    async handle({ body, branch, principal, correlationId, context }) {
      const { name, role, device_id: deviceId } = body;
      const offer = { branch, by: principal, name, role, deviceId, correlationId };
      const offered = await context.identity.pairing.offer(offer);
      return 'code' in offered && 'expires_at' in offered
        ? { status: 201, body: offered }
        : { refusal: offered };
    },
  }),
];
