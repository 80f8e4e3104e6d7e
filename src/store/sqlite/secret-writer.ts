/** Writes what a commit brings besides rows: credentials, sessions, pairing codes, failed logins. Rare, so prepared when needed. */
import type { Database, Statement } from 'better-sqlite3';
import { assertNever } from '../../base/assert.js';
import type { PersonalValue } from '../../domain/command.js';
import type { AuthSession, PairingCode, SecretChange } from '../secrets.js';
import { saltName } from './personal.js';

type Values = (string | number | null)[];

/** What is over for so long is forgotten. */
const KEPT_MS = 24 * 3_600_000;
/** Rows forgotten with one commit: a login never waits for a clean-up. */
const FORGOTTEN_MAX = 50;

export class SecretWriter {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement<Values>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** False: what one of them was decided on has changed; what the others wrote must be undone. */
  write(branchId: string, secrets: readonly SecretChange[]): boolean {
    return secrets.every((secret) => this.#write(branchId, secret));
  }

  #write(branchId: string, secret: SecretChange): boolean {
    switch (secret.kind) {
      case 'credential': {
        const { staffId, credential, hash, at } = secret;
        return this.#run(
          `INSERT INTO credential (branch_id, staff_id, kind, hash, at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET hash = excluded.hash, at = excluded.at`,
          [branchId, staffId, credential, hash, at],
        );
      }
      case 'session_begins':
        this.#forget('auth_session', 'expires_at', secret.session.began_at);
        return this.#insertSession(branchId, secret.session);
      case 'session_refreshed':
        return this.#refresh(branchId, secret.session);
      case 'session_ends':
        return this.#run(
          `UPDATE auth_session SET ended_at = ? WHERE branch_id = ? AND id = ? AND ended_at IS NULL`,
          [secret.at, branchId, secret.sessionId],
        );
      case 'pairing_offered':
        return this.#offer(branchId, secret.code, secret.at);
      case 'pairing_missed':
        return this.#miss(secret.selector, secret.triesLeft);
      case 'pairing_used':
        return this.#run('DELETE FROM pairing_code WHERE selector = ?', [secret.selector]);
      case 'login_failed': {
        const { device_id, staff_id, failures, last_at } = secret.failures;
        this.#forget('login_failure', 'last_at', last_at);
        return this.#run(
          `INSERT INTO login_failure (branch_id, device_id, staff_id, failures, last_at)
           VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at`,
          [branchId, device_id, staff_id, failures, last_at],
        );
      }
      case 'login_succeeded':
        this.#run(
          'DELETE FROM login_failure WHERE branch_id = ? AND device_id = ? AND staff_id = ?',
          [branchId, secret.deviceId, secret.staffId],
        );
        return true;
      case 'personal_erased':
        this.#forgetSalts(branchId, secret.values);
        return true;
      default:
        return assertNever(secret);
    }
  }

  /** Also of pages that fall free by it nothing is left. */
  #forgetSalts(branchId: string, values: readonly PersonalValue[]): void {
    const sql = 'DELETE FROM personal_salt WHERE branch_id = ? AND table_name = ? AND id = ?';
    this.#database.pragma('secure_delete = ON');
    try {
      for (const { table, id, column } of values) {
        this.#run(sql, [branchId, saltName(table, column), id]);
      }
    } finally {
      this.#database.pragma('secure_delete = FAST');
    }
  }

  #offer(branchId: string, code: PairingCode, now: number): boolean {
    const { selector, hash, device_id, name, role, expires_at, tries_left } = code;
    this.#run('DELETE FROM pairing_code WHERE expires_at <= ?', [now]);
    return this.#run(
      `INSERT INTO pairing_code
         (selector, branch_id, hash, device_id, name, role, expires_at, tries_left)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [selector, branchId, hash, device_id, name, role, expires_at, tries_left],
    );
  }

  #miss(selector: string, triesLeft: number): boolean {
    if (triesLeft === 0) {
      return this.#run('DELETE FROM pairing_code WHERE selector = ? AND tries_left = 1', [
        selector,
      ]);
    }
    return this.#run(
      'UPDATE pairing_code SET tries_left = ? WHERE selector = ? AND tries_left = ?',
      [triesLeft, selector, triesLeft + 1],
    );
  }

  #insertSession(branchId: string, session: AuthSession): boolean {
    const { id, staff_id, device_id, token_hash, generation, ...times } = session;
    return this.#run(
      `INSERT INTO auth_session (branch_id, id, staff_id, device_id, token_hash, generation,
         began_at, rotated_at, expires_at, ends_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [
        ...[branchId, id, staff_id, device_id, token_hash, generation],
        ...[times.began_at, times.rotated_at, times.expires_at, times.ends_at],
      ],
    );
  }

  #refresh(branchId: string, session: AuthSession): boolean {
    const { id, token_hash, previous_hash, nonce, generation, rotated_at, expires_at } = session;
    return this.#run(
      `UPDATE auth_session SET token_hash = ?, previous_hash = ?, nonce = ?, generation = ?,
         rotated_at = ?, expires_at = ?
       WHERE branch_id = ? AND id = ? AND generation = ? AND ended_at IS NULL`,
      [
        ...[token_hash, previous_hash, nonce, generation, rotated_at, expires_at],
        ...[branchId, id, generation - 1],
      ],
    );
  }

  #forget(table: 'auth_session' | 'login_failure', column: string, now: number): void {
    const key = table === 'auth_session' ? 'branch_id, id' : 'branch_id, device_id, staff_id';
    this.#run(
      `DELETE FROM ${table} WHERE (${key}) IN
         (SELECT ${key} FROM ${table} WHERE ${column} < ? ORDER BY ${column} LIMIT ?)`,
      [now - KEPT_MS, FORGOTTEN_MAX],
    );
  }

  /** True: a row was written. */
  #run(sql: string, values: Values): boolean {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare<Values>(sql);
      this.#statements.set(sql, statement);
    }
    return statement.run(...values).changes > 0;
  }
}
