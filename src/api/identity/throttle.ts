/**
 * How long wrong logins make somebody wait: by device and person, and by device whoever tries. Another device is never made to
 * wait for what was tried at this one.
 */
import type { LoginFailures } from '../../store/secrets.js';

/** Wrong tries that nobody waits for. */
const FREE_TRIES = { person: 4, anybody: 19 } as const;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a wrong try the count begins anew. */
const FORGOTTEN_MS = 60 * 60_000;

/** Milliseconds to wait before the next try; 0: none. */
export function waitMs(failures: readonly LoginFailures[], now: number): number {
  return Math.max(0, ...failures.map((each) => waitOf(each, now)));
}

/** The counts after one more wrong try. */
export function oneMore(
  failures: readonly LoginFailures[],
  who: { readonly deviceId: string; readonly staffId: string },
  now: number,
): LoginFailures[] {
  return ['', who.staffId].map((staffId) => {
    const held = failures.find(({ staff_id }) => staff_id === staffId);
    const counted = held === undefined || isForgotten(held, now) ? 0 : held.failures;
    return {
      device_id: who.deviceId,
      staff_id: staffId,
      failures: counted + 1,
      last_at: now,
    };
  });
}

function waitOf(failures: LoginFailures, now: number): number {
  if (isForgotten(failures, now)) return 0;
  const free = failures.staff_id === '' ? FREE_TRIES.anybody : FREE_TRIES.person;
  const beyond = failures.failures - free;
  if (beyond <= 0) return 0;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (beyond - 1), LONGEST_WAIT_MS);
  return Math.max(0, failures.last_at + wait - now);
}

function isForgotten({ last_at: lastAt }: LoginFailures, now: number): boolean {
  return now - lastAt >= FORGOTTEN_MS;
}
