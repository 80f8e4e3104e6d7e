/** Signed tokens that say who somebody is: made for one person on one device, and short-lived. */
import { errors, jwtVerify, SignJWT } from 'jose';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '../base/clock.js';
import { refuse } from '../base/refusal.js';
import { Id, Name } from '../domain/fields.js';
import type { TokenVerdict } from '../hub/options.js';
import type { Principal } from '../protocol/messages.js';
import { OperatorError } from './operator-error.js';

const ALGORITHM = 'HS256';
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
/** Issuer and audience. */
const PARTY = 'expeditor';

export const ROLES = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const;

const Claims = Type.Object({
  sub: Id,
  name: Name,
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  branch: Id,
  device: Id,
  exp: Type.Integer(),
});
const claims = Compile(Claims);

export interface Tokens {
  /** Throws an OperatorError where the principal has a field that no token may bear. */
  sign(principal: Principal, secondsToLive: number): Promise<string>;
  verify(token: string): Promise<TokenVerdict>;
}

/** The clock is that of the world, not one that a replay sets: a token lives in real time. */
export function openTokens(key: Uint8Array, clock: Clock): Tokens {
  // Once: given the bytes, jose would import them for every token, which is half of what a token costs.
  const bytes = Uint8Array.from(key);
  const imported = crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign', 'verify']);
  return {
    async sign(principal, secondsToLive) {
      const issuedAt = Math.floor(clock.now() / 1_000);
      const { id, name, role, branch_id, device_id } = principal;
      const body = { sub: id, name, role, branch: branch_id, device: device_id };
      const [fault] = claims.Errors({ ...body, exp: issuedAt });
      if (fault !== undefined) {
        const claim = fault.instancePath.slice(1);
        throw new OperatorError('make a token', `${claim} ${fault.message}`, 'give another');
      }
      return new SignJWT(body)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(PARTY)
        .setAudience(PARTY)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + secondsToLive)
        .sign(await imported);
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, await imported, {
          algorithms: [ALGORITHM],
          issuer: PARTY,
          audience: PARTY,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(clock.now()),
        });
        if (!claims.Check(payload)) return refused('the token lacks a claim');
        return valid(payload, clock.now());
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          return { kind: 'refused', refusal: refuse('token_expired', 'the token has expired') };
        }
        if (error instanceof errors.JOSEError) return refused('the token is not one of this hub');
        throw error;
      }
    },
  };
}

function refused(message: string): TokenVerdict {
  return { kind: 'refused', refusal: refuse('unauthenticated', message) };
}

function valid(payload: Static<typeof Claims>, now: number): TokenVerdict {
  const { sub, name, role, branch, device, exp } = payload;
  const principal = { id: sub, name, role, branch_id: branch, device_id: device };
  return { kind: 'valid', principal, expiresInMs: exp * 1_000 - now };
}
