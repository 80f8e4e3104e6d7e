/** What is written beside rows, in the same commit: credentials, sessions, pairing codes, failed logins. */
import { expect, test } from 'vitest';
import type { AuthSession, PairingCode, SecretChange } from '../../../src/store/secrets.js';
import { inserted, commit, committed, request } from '../../support/store.js';
import { NOON } from '../../support/rows.js';
import { staffRow } from '../../support/store-rows.js';
import { withStore, type OpenFresh } from './opened.js';

const DAY_MS = 24 * 3_600_000;

function session(columns: Partial<AuthSession> = {}): AuthSession {
  return {
    id: 'session-1',
    staff_id: null,
    device_id: 'till-1',
    token_hash: 'aa',
    previous_hash: null,
    nonce: null,
    generation: 0,
    began_at: NOON,
    rotated_at: NOON,
    expires_at: NOON + 7 * DAY_MS,
    ends_at: NOON + 30 * DAY_MS,
    ended_at: null,
    ...columns,
  };
}

function code(columns: Partial<PairingCode> = {}): PairingCode {
  return {
    selector: 'K7',
    hash: 'cc',
    device_id: 'screen-1',
    name: 'Grill screen',
    role: 'kitchen',
    expires_at: NOON + 600_000,
    tries_left: 2,
    ...columns,
  };
}

function secretRequest(branchId: string, ...secrets: readonly SecretChange[]) {
  return request(branchId, [], { secrets, key: null });
}

export function secretContract(openFresh: OpenFresh): void {
  test('S-SECRET-1 secrets are written with a commit of their own version, and read back', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const kept = session();
      const version = await committed(
        store,
        secretRequest('main', { kind: 'session_begins', session: kept }),
      );
      expect(version).toBe(3);
      expect(await store.secrets.authSession('main', kept.id)).toEqual(kept);
      expect(await store.secrets.authSession('main', 'session-2')).toBeNull();
      expect(await store.secrets.authSession('other', kept.id)).toBeNull();
    }));

  test('S-SECRET-2 a refresh on an old generation, or of an ended session, is outdated and writes nothing', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const first = session();
      const second = session({ generation: 1, token_hash: 'bb', previous_hash: 'aa', nonce: 'n' });
      await committed(store, secretRequest('main', { kind: 'session_begins', session: first }));
      const refreshed = { kind: 'session_refreshed', session: second } as const;
      const before = await committed(store, secretRequest('main', refreshed));
      expect(await commit(store, secretRequest('main', refreshed))).toEqual({ kind: 'outdated' });
      const end = { kind: 'session_ends', sessionId: first.id, at: NOON + 5 } as const;
      expect(await committed(store, secretRequest('main', end))).toBe(before + 1);
      expect(await commit(store, secretRequest('main', end))).toEqual({ kind: 'outdated' });
      const third = session({ generation: 2, token_hash: 'dd' });
      const late = secretRequest('main', { kind: 'session_refreshed', session: third });
      expect(await commit(store, late)).toEqual({ kind: 'outdated' });
      expect(await store.secrets.authSession('main', first.id)).toEqual({
        ...second,
        ended_at: NOON + 5,
      });
      expect(await store.secrets.endedSessions(NOON)).toEqual([
        { id: first.id, ended_at: NOON + 5 },
      ]);
      expect(await store.secrets.endedSessions(NOON + 6)).toEqual([]);
    }));

  test('S-SECRET-3 rows and secrets are written together or not at all', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const person = staffRow({ id: 'ben', branch_id: 'main', name: 'Ben' });
      const credential = {
        kind: 'credential',
        staffId: 'ben',
        credential: 'pin',
        hash: 'hash',
        at: NOON,
      } as const;
      const used = { kind: 'pairing_used', selector: 'none' } as const;
      const changeSet = [inserted('staff', person)];
      const refused = await Promise.all([
        commit(store, request('main', changeSet, { secrets: [credential, used] })),
        commit(store, secretRequest('main', { kind: 'session_begins', session: session() })),
      ]);
      expect(refused.map(({ kind }) => kind)).toEqual(['outdated', 'committed']);
      expect(await store.secrets.credential('main', 'ben', 'pin')).toBeNull();
      await committed(store, request('main', changeSet, { secrets: [credential] }));
      expect(await store.secrets.credential('main', 'ben', 'pin')).toBe('hash');
      expect(await store.secrets.credential('main', 'ben', 'password')).toBeNull();
    }));

  test('S-SECRET-4 a pairing code is used once, and gone after its last try', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const offered = { kind: 'pairing_offered', code: code(), at: NOON } as const;
      await committed(store, secretRequest('main', offered));
      expect(await commit(store, secretRequest('main', offered))).toEqual({ kind: 'outdated' });
      expect(await store.secrets.pairingCode('K7')).toEqual({ ...code(), branch_id: 'main' });
      const missed = { kind: 'pairing_missed', selector: 'K7', triesLeft: 1 } as const;
      await committed(store, secretRequest('main', missed));
      expect(await commit(store, secretRequest('main', missed))).toEqual({ kind: 'outdated' });
      await committed(store, secretRequest('main', { ...missed, triesLeft: 0 }));
      expect(await store.secrets.pairingCode('K7')).toBeNull();
      await committed(store, secretRequest('main', offered));
      const use = { kind: 'pairing_used', selector: 'K7' } as const;
      await committed(store, secretRequest('main', use));
      expect(await commit(store, secretRequest('main', use))).toEqual({ kind: 'outdated' });
    }));

  test('S-SECRET-5 failed logins are counted for each device and person', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const failed = (staff_id: string, failures: number): SecretChange => ({
        kind: 'login_failed',
        failures: { device_id: 'till-1', staff_id, failures, last_at: NOON },
      });
      await committed(store, secretRequest('main', failed('ada', 1), failed('', 1)));
      await committed(store, secretRequest('main', failed('ada', 2), failed('', 2)));
      expect(await store.secrets.loginFailures('main', 'till-1', 'ada')).toEqual([
        { device_id: 'till-1', staff_id: '', failures: 2, last_at: NOON },
        { device_id: 'till-1', staff_id: 'ada', failures: 2, last_at: NOON },
      ]);
      expect(await store.secrets.loginFailures('main', 'till-2', 'ada')).toEqual([]);
      const succeeded = { kind: 'login_succeeded', deviceId: 'till-1', staffId: 'ada' } as const;
      await committed(store, secretRequest('main', succeeded));
      const left = await store.secrets.loginFailures('main', 'till-1', 'ada');
      expect(left.map(({ staff_id }) => staff_id)).toEqual(['']);
    }));

  test('S-SECRET-6 what is over for more than a day is forgotten', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const old = session({ id: 'old', expires_at: NOON + 1_000 });
      await committed(store, secretRequest('main', { kind: 'session_begins', session: old }));
      const young = session({ id: 'young', began_at: NOON + 2 * DAY_MS });
      await committed(store, secretRequest('main', { kind: 'session_begins', session: young }));
      expect(await store.secrets.authSession('main', 'old')).toBeNull();
      expect(await store.secrets.authSession('main', 'young')).toEqual(young);
    }));
}
