/**
 * Login sessions: families of refresh tokens, each used once. Who uses one twice, but for the device that lost the answer a moment
 * ago, ends the family, its connections and its access tokens.
 */
import type { Clock } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import { refuse, type Refusal } from '../../base/refusal.js';
import type { Hub } from '../../hub/hub.js';
import type { HubBranch } from '../../hub/hub-branch.js';
import { RecordLocks } from '../../hub/locks.js';
import type { Principal } from '../../protocol/messages.js';
import type { Store } from '../../store/port.js';
import type { AuthSession, SecretChange } from '../../store/secrets.js';
import { keep } from './keep.js';
import {
  hashOf,
  isHashOf,
  newNonce,
  newSecret,
  readRefreshToken,
  successorOf,
  writeRefreshToken,
} from './refresh-token.js';

export const ACCESS_SECONDS = 15 * 60;
const REFRESH_MS = 7 * 24 * 3_600_000;
/** No login lasts longer: a person logs in again after a month, a device is paired again after two years. */
const LASTS_MS = { person: 30 * 24 * 3_600_000, device: 730 * 24 * 3_600_000 } as const;
/** A device that lost the answer may ask again with the token it used. */
const RETRY_MS = 10_000;
/** A hub that was down meanwhile gives the same time from its start on, for refreshes of the minute before. */
const BEFORE_START_MS = 60_000;

/** What a login, a refresh or a pairing answers. */
export interface Granted {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token: string;
  /** Seconds. */
  readonly refresh_expires_in: number;
  readonly principal: Principal;
}

export interface SessionsOptions {
  readonly hub: Hub;
  readonly store: Store;
  /** The world's, which tokens live by. */
  readonly clock: Clock;
  readonly newId: NewId;
  readonly signToken: SignToken;
}

export type SignToken = (
  principal: Principal,
  secondsToLive: number,
  sessionId: string,
) => Promise<string>;

/** A session that is to be: written with whatever grants it. */
export interface NewSession {
  readonly beganAt: number;
  readonly secrets: readonly SecretChange[];
  grant(principal: Principal): Promise<Granted>;
}

export interface RefreshRequest {
  readonly token: string;
  readonly deviceId: string;
  readonly correlationId: string;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #locks = new RecordLocks();
  readonly #startedAt: number;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  /** `staffId` null: the device's own. */
  begin(branchId: string, staffId: string | null, deviceId: string): NewSession {
    const now = this.#options.clock.now();
    const secret = newSecret();
    const endsAt = now + (staffId === null ? LASTS_MS.device : LASTS_MS.person);
    const session: AuthSession = {
      id: this.#options.newId(),
      staff_id: staffId,
      device_id: deviceId,
      token_hash: hashOf(secret),
      previous_hash: null,
      nonce: null,
      generation: 0,
      began_at: now,
      rotated_at: now,
      expires_at: Math.min(now + REFRESH_MS, endsAt),
      ends_at: endsAt,
      ended_at: null,
    };
    return {
      beganAt: now,
      secrets: [{ kind: 'session_begins', session }],
      grant: (principal) => this.#granted(branchId, session, { principal, secret }),
    };
  }

  async refresh({ token, deviceId, correlationId }: RefreshRequest): Promise<Granted | Refusal> {
    const shown = readRefreshToken(token);
    const branch = shown === null ? undefined : this.#options.hub.branches.get(shown.branchId);
    if (shown === null || branch === undefined) return notOurs();
    const { sessionId, secret } = shown;
    const release = await this.#locks.acquire([sessionId]);
    try {
      const session = await this.#options.store.secrets.authSession(branch.hub.id, sessionId);
      if (session === null) return notOurs();
      const use = { branch, session, secret, deviceId, correlationId };
      return await this.#refresh(use);
    } finally {
      release();
    }
  }

  /** Ends the session; false: it had ended, or there is none. */
  async end(branch: HubBranch, sessionId: string, ending: Ending): Promise<boolean | Refusal> {
    const at = this.#options.clock.now();
    const kept = await keep(branch, {
      ...ending,
      secrets: [{ kind: 'session_ends', sessionId, at }],
    });
    // Also where it had ended: a connection that was made meanwhile goes too.
    this.#options.hub.endSession(sessionId);
    return typeof kept === 'string' ? kept === 'committed' : kept;
  }

  async #refresh(use: Use): Promise<Granted | Refusal> {
    const { branch, session, secret } = use;
    const now = this.#options.clock.now();
    const principal = subjectOf(branch, session);
    if (session.ended_at !== null || principal === null) return ended();
    const current = isHashOf(session.token_hash, secret);
    const mayRetry = isHashOf(session.previous_hash, secret) && now <= this.#retriedUntil(session);
    if (session.device_id !== use.deviceId || !(current || mayRetry)) return this.#reused(use);
    if (now >= session.expires_at || now >= session.ends_at) return expired();
    if (current) return this.#rotate(use, principal);
    const successor = successorOf(secret, session.nonce ?? '');
    return this.#granted(branch.hub.id, session, { principal, secret: successor });
  }

  async #rotate(use: Use, principal: Principal): Promise<Granted | Refusal> {
    const { branch, session, secret, correlationId } = use;
    const now = this.#options.clock.now();
    const nonce = newNonce();
    const successor = successorOf(secret, nonce);
    const next: AuthSession = {
      ...session,
      token_hash: hashOf(successor),
      previous_hash: session.token_hash,
      nonce,
      generation: session.generation + 1,
      rotated_at: now,
      expires_at: Math.min(now + REFRESH_MS, session.ends_at),
    };
    const kept = await keep(branch, {
      command: 'auth.refresh',
      actor: { staffId: principal.id, deviceId: session.device_id },
      correlationId,
      secrets: [{ kind: 'session_refreshed', session: next }],
    });
    if (kept === 'outdated') return ended();
    if (kept !== 'committed') return kept;
    return this.#granted(branch.hub.id, next, { principal, secret: successor });
  }

  async #reused({ branch, session, deviceId, correlationId }: Use): Promise<Refusal> {
    const actor = { staffId: session.staff_id ?? session.device_id, deviceId };
    await this.end(branch, session.id, { command: 'auth.reuse', actor, correlationId });
    return refuse('unauthenticated', 'this token was used before: the login has ended');
  }

  #retriedUntil({ rotated_at: rotatedAt }: AuthSession): number {
    const wasDown = rotatedAt < this.#startedAt && rotatedAt >= this.#startedAt - BEFORE_START_MS;
    return (wasDown ? this.#startedAt : rotatedAt) + RETRY_MS;
  }

  async #granted(
    branchId: string,
    session: AuthSession,
    { principal, secret }: { readonly principal: Principal; readonly secret: string },
  ): Promise<Granted> {
    const { id: sessionId, expires_at: expiresAt } = session;
    const leftMs = expiresAt - this.#options.clock.now();
    return {
      access_token: await this.#options.signToken(principal, ACCESS_SECONDS, sessionId),
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      refresh_token: writeRefreshToken({ branchId, sessionId, secret }),
      refresh_expires_in: Math.max(0, Math.floor(leftMs / 1_000)),
      principal,
    };
  }
}

/** Who ends a session, and as what it stands in the event. */
export interface Ending {
  readonly command: 'auth.logout' | 'auth.reuse';
  readonly actor: { readonly staffId: string; readonly deviceId: string };
  readonly correlationId: string;
}

interface Use {
  readonly branch: HubBranch;
  readonly session: AuthSession;
  readonly secret: string;
  readonly deviceId: string;
  readonly correlationId: string;
}

/** Whom the session is of, as they are now; null: they may not go on. */
function subjectOf(branch: HubBranch, session: AuthSession): Principal | null {
  const { hot } = branch.hub;
  const { staff_id: staffId, device_id: deviceId, began_at: beganAt } = session;
  const device = hot.devices.get(deviceId);
  const deviceStands = device === undefined || (device.active && isSince(device.tokens_from));
  const subject = staffId === null ? device : hot.staff.get(staffId);
  if (subject === undefined || !subject.active || !deviceStands) return null;
  if (!isSince(subject.tokens_from)) return null;
  const { id, name, role } = subject;
  return { id, name, role, branch_id: branch.hub.id, device_id: deviceId };

  function isSince(tokensFrom: number | null): boolean {
    return tokensFrom === null || beganAt >= tokensFrom;
  }
}

function notOurs(): Refusal {
  return refuse('unauthenticated', 'this is no refresh token of this hub');
}

function ended(): Refusal {
  return refuse('unauthenticated', 'this login has ended: log in again');
}

function expired(): Refusal {
  return refuse('token_expired', 'the refresh token has expired: log in again');
}
