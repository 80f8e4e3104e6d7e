/**
 * What only the store and whoever checks it may know: hashes of PINs and passwords, login sessions, pairing codes, failed logins.
 * They are written with a commit, in its transaction, and stand in no change set: no memory, view, event or answer holds them.
 */
import type { PersonalValue } from '../domain/command.js';

/** A till's people log in with a PIN, managers and administrators with a password. */
export type CredentialKind = 'pin' | 'password';

/** One login of a person, or one pairing of a device: a family of refresh tokens, each used once. */
export interface AuthSession {
  readonly id: string;
  /** null: the device's own. */
  readonly staff_id: string | null;
  readonly device_id: string;
  /** SHA-256 of the refresh token in force, in hex. */
  readonly token_hash: string;
  /** Of the one before it; null: there was none. */
  readonly previous_hash: string | null;
  /** With the token before it gives the one in force again, for a device that lost the answer. */
  readonly nonce: string | null;
  /** How often it was refreshed. */
  readonly generation: number;
  readonly began_at: number;
  /** When the token in force was given. */
  readonly rotated_at: number;
  /** The token in force is void from then on. */
  readonly expires_at: number;
  /** No refresh goes beyond this. */
  readonly ends_at: number;
  /** null: it goes on. */
  readonly ended_at: number | null;
}

/** A code that an administrator reads out to whoever sets a device up. */
export interface PairingCode {
  /** Its first characters, which find it; the others are known by their hash. */
  readonly selector: string;
  readonly hash: string;
  /** The device that will bear this name and role. */
  readonly device_id: string;
  readonly name: string;
  readonly role: string;
  readonly expires_at: number;
  readonly tries_left: number;
}

/** Wrong logins at one device: of one person or, where `staff_id` is empty, of anybody. */
export interface LoginFailures {
  readonly device_id: string;
  readonly staff_id: string;
  readonly failures: number;
  readonly last_at: number;
}

/** Some take effect only where what they were decided on still stands; else the commit is `outdated` and nothing is written. */
export type SecretChange =
  | {
      readonly kind: 'credential';
      readonly staffId: string;
      readonly credential: CredentialKind;
      readonly hash: string;
      readonly at: number;
    }
  /** Also forgets what is over for more than a day, a few at a time. */
  | { readonly kind: 'session_begins'; readonly session: AuthSession }
  /** Where the session still goes on at the generation before. */
  | { readonly kind: 'session_refreshed'; readonly session: AuthSession }
  /** Where it still goes on. */
  | { readonly kind: 'session_ends'; readonly sessionId: string; readonly at: number }
  /** Also forgets codes that have expired. */
  | { readonly kind: 'pairing_offered'; readonly code: PairingCode; readonly at: number }
  /** Where it had one more; the last one takes the code away. */
  | { readonly kind: 'pairing_missed'; readonly selector: string; readonly triesLeft: number }
  /** Where it is still there: a code is good once. */
  | { readonly kind: 'pairing_used'; readonly selector: string }
  | { readonly kind: 'login_failed'; readonly failures: LoginFailures }
  | { readonly kind: 'login_succeeded'; readonly deviceId: string; readonly staffId: string }
  /** Takes away the salts of their hashes, so that nobody finds the values by trying. */
  | { readonly kind: 'personal_erased'; readonly values: readonly PersonalValue[] };

/** A pairing code and the branch that it is for. */
export interface StoredPairingCode extends PairingCode {
  readonly branch_id: string;
}

/** A session that was ended before its tokens expired. */
export interface EndedSession {
  readonly id: string;
  readonly ended_at: number;
}

export interface SecretReads {
  /** The hash of a person's PIN or password; null: none was set. */
  credential(branchId: string, staffId: string, kind: CredentialKind): Promise<string | null>;
  authSession(branchId: string, sessionId: string): Promise<AuthSession | null>;
  /** Sessions ended at or after `since`, of all branches. */
  endedSessions(since: number): Promise<readonly EndedSession[]>;
  /** The code that begins so, of whatever branch, expired or not. */
  pairingCode(selector: string): Promise<StoredPairingCode | null>;
  /** Wrong logins at this device: of this person, and of anybody (`staff_id` empty). */
  loginFailures(
    branchId: string,
    deviceId: string,
    staffId: string,
  ): Promise<readonly LoginFailures[]>;
}
