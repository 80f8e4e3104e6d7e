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
import type { KeySource, TokenKey } from './token-key.js';

const ALGORITHM = 'HS256';
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
/** Issuer and audience. */
const PARTY = 'expeditor';
/** RFC 9068: what the token is for, so that no other kind of token that this hub may sign one day passes for it. */
const TYPE = 'at+jwt';
/** Longer than any token of ours; what is longer is not looked at. */
const TOKEN_LENGTH_MAX = 4_096;
/** Three parts of base64url and nothing around or between them, which a lenient decoder would pass over. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Branches that one token may name: with ids of 64 characters it stays below `TOKEN_LENGTH_MAX`. */
const TOKEN_BRANCHES_MAX = 32;
/** The longest life that a token may be given. */
export const TOKEN_SECONDS_MAX = 31 * 86_400;
/** The clock may have been set back since a token was signed. */
const CLOCK_SET_BACK_SECONDS_MAX = 86_400;

export const ROLES = ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const;

const Claims = Type.Object({
  sub: Id,
  name: Name,
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
  branch: Id,
  device: Id,
  /** The login or pairing that it belongs to. */
  sid: Type.Optional(Id),
  /** When it was signed, to the millisecond. */
  at: Type.Integer({ minimum: 0 }),
  exp: Type.Integer(),
  /** Branches whose reports it opens, besides its own. */
  branches: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: TOKEN_BRANCHES_MAX })),
});
const claims = Compile(Claims);

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** What a token is given for, besides its person. */
export interface TokenGiven {
  /** The login that it belongs to. */
  readonly sessionId?: string;
  /** Branches whose reports it opens, besides the person's own. */
  readonly branches?: readonly string[];
}

export interface Tokens {
  /** Throws an OperatorError where the principal has a field that no token may bear. */
  sign(principal: Principal, secondsToLive: number, given?: TokenGiven): Promise<string>;
  verify(token: string): Promise<TokenVerdict>;
}

/** The keys in force, each imported once: given the bytes, jose would import them for every token, half of what a token costs. */
class ImportedKeys {
  readonly #source: KeySource;
  readonly #imported = new Map<string, Promise<ImportedKey>>();

  constructor(source: KeySource) {
    this.#source = source;
  }

  get current(): TokenKey {
    return this.#source.keys().current;
  }

  imported({ id, bytes }: TokenKey): Promise<ImportedKey> {
    let key = this.#imported.get(id);
    if (key === undefined) {
      const raw = Uint8Array.from(bytes);
      key = crypto.subtle.importKey('raw', raw, HMAC, false, ['sign', 'verify']);
      // Two are in force; those before them are let go.
      if (this.#imported.size > 2) this.#imported.clear();
      this.#imported.set(id, key);
    }
    return key;
  }

  named(kid: string | undefined): Promise<ImportedKey> {
    const { current, previous } = this.#source.keys();
    if (current.id === kid) return this.imported(current);
    if (previous !== null && previous.id === kid) return this.imported(previous);
    throw new errors.JWKSNoMatchingKey();
  }
}

/** The clock is that of the world, not one that a replay sets: a token lives in real time. */
export function openTokens(source: KeySource, clock: Clock): Tokens {
  const keys = new ImportedKeys(source);
  return {
    async sign(principal, secondsToLive, { sessionId, branches } = {}) {
      const at = clock.now();
      const issuedAt = Math.floor(at / 1_000);
      const { id, name, role, branch_id, device_id } = principal;
      const given = {
        ...(sessionId !== undefined && { sid: sessionId }),
        ...(branches !== undefined && { branches }),
      };
      const body = { sub: id, name, role, branch: branch_id, device: device_id, ...given, at };
      const [fault] = claims.Errors({ ...body, exp: issuedAt });
      if (fault !== undefined) {
        const claim = fault.instancePath.slice(1);
        throw new OperatorError('make a token', `${claim} ${fault.message}`, 'give another');
      }
      const { current } = keys;
      return new SignJWT(body)
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: current.id })
        .setIssuer(PARTY)
        .setAudience(PARTY)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + secondsToLive)
        .sign(await keys.imported(current));
    },

    async verify(token) {
      if (token.length > TOKEN_LENGTH_MAX || !COMPACT.test(token)) {
        return refused('the token is not one of this hub');
      }
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keys.named(kid), {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: PARTY,
          audience: PARTY,
          requiredClaims: ['sub', 'exp'],
          currentDate: new Date(clock.now()),
        });
        if (!claims.Check(payload)) return refused('the token lacks a claim');
        const seconds = payload.exp - clock.now() / 1_000;
        if (seconds > TOKEN_SECONDS_MAX + CLOCK_SET_BACK_SECONDS_MAX) {
          return refused('the token lasts longer than any of this hub');
        }
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
  const { sub, name, role, branch, device, sid, at, exp, branches } = payload;
  const principal = { id: sub, name, role, branch_id: branch, device_id: device };
  const grant = {
    sessionId: sid ?? null,
    issuedAt: at,
    ...(branches !== undefined && { branches }),
  };
  return { kind: 'valid', principal, grant, expiresInMs: exp * 1_000 - now };
}
