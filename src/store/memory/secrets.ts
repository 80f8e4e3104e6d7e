/** The memory engine's credentials, sessions, pairing codes and failed logins of one branch. Bounded by forgetting as SQL does. */
import { assertNever } from '../../base/assert.js';
import type {
  AuthSession,
  CredentialKind,
  EndedSession,
  LoginFailures,
  PairingCode,
  SecretChange,
} from '../secrets.js';

/** What is over for so long is forgotten. */
const KEPT_MS = 24 * 3_600_000;

export class BranchSecrets {
  readonly #credentials = new Map<string, string>();
  readonly #sessions = new Map<string, AuthSession>();
  readonly #codes = new Map<string, PairingCode>();
  readonly #failures = new Map<string, LoginFailures>();

  credential(staffId: string, kind: CredentialKind): string | null {
    return this.#credentials.get(`${kind} ${staffId}`) ?? null;
  }

  session(id: string): AuthSession | null {
    return this.#sessions.get(id) ?? null;
  }

  ended(since: number): EndedSession[] {
    return [...this.#sessions.values()].flatMap(({ id, ended_at }) =>
      ended_at !== null && ended_at >= since ? [{ id, ended_at }] : [],
    );
  }

  code(selector: string): PairingCode | null {
    return this.#codes.get(selector) ?? null;
  }

  failures(deviceId: string, staffId: string): LoginFailures[] {
    const found = ['', staffId].map((id) => this.#failures.get(failureKey(deviceId, id)));
    return found.filter((failures) => failures !== undefined);
  }

  /** Whether each still stands on what it was decided on; they touch different records, so that all can be asked before. */
  mayWrite(secrets: readonly SecretChange[]): boolean {
    return secrets.every((secret) => this.#stands(secret));
  }

  write(secrets: readonly SecretChange[]): void {
    for (const secret of secrets) this.#write(secret);
  }

  #stands(secret: SecretChange): boolean {
    switch (secret.kind) {
      case 'session_begins':
        return !this.#sessions.has(secret.session.id);
      case 'session_refreshed': {
        const held = this.#sessions.get(secret.session.id);
        return held?.ended_at === null && held.generation === secret.session.generation - 1;
      }
      case 'session_ends':
        return this.#sessions.get(secret.sessionId)?.ended_at === null;
      case 'pairing_offered':
        return (this.#codes.get(secret.code.selector)?.expires_at ?? 0) <= secret.at;
      case 'pairing_missed':
        return this.#codes.get(secret.selector)?.tries_left === secret.triesLeft + 1;
      case 'pairing_used':
        return this.#codes.has(secret.selector);
      case 'credential':
      case 'login_failed':
      case 'login_succeeded':
      case 'personal_erased':
        return true;
      default:
        return assertNever(secret);
    }
  }

  #write(secret: SecretChange): void {
    switch (secret.kind) {
      case 'credential':
        this.#credentials.set(`${secret.credential} ${secret.staffId}`, secret.hash);
        return;
      case 'session_begins':
        forget(this.#sessions, ({ expires_at }) => expires_at < secret.session.began_at - KEPT_MS);
        this.#sessions.set(secret.session.id, secret.session);
        return;
      case 'session_refreshed':
        this.#sessions.set(secret.session.id, secret.session);
        return;
      case 'session_ends':
        this.#endSession(secret.sessionId, secret.at);
        return;
      case 'pairing_offered':
        forget(this.#codes, ({ expires_at }) => expires_at <= secret.at);
        this.#codes.set(secret.code.selector, secret.code);
        return;
      case 'pairing_missed':
        this.#missPairing(secret.selector, secret.triesLeft);
        return;
      case 'pairing_used':
        this.#codes.delete(secret.selector);
        return;
      case 'login_failed': {
        const { device_id, staff_id, last_at } = secret.failures;
        forget(this.#failures, (failures) => failures.last_at < last_at - KEPT_MS);
        this.#failures.set(failureKey(device_id, staff_id), secret.failures);
        return;
      }
      case 'login_succeeded':
        this.#failures.delete(failureKey(secret.deviceId, secret.staffId));
        return;
      // Memory keeps no hashes, and so no salts.
      case 'personal_erased':
        return;
      default:
        assertNever(secret);
    }
  }

  #endSession(id: string, at: number): void {
    const session = this.#sessions.get(id);
    if (session !== undefined) this.#sessions.set(id, { ...session, ended_at: at });
  }

  #missPairing(selector: string, triesLeft: number): void {
    const code = this.#codes.get(selector);
    if (triesLeft === 0) this.#codes.delete(selector);
    else if (code !== undefined) this.#codes.set(selector, { ...code, tries_left: triesLeft });
  }
}

function failureKey(deviceId: string, staffId: string): string {
  return `${deviceId} ${staffId}`;
}

function forget<Value>(records: Map<string, Value>, isOver: (value: Value) => boolean): void {
  for (const [key, value] of records) if (isOver(value)) records.delete(key);
}
