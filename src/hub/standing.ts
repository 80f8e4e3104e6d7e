/**
 * Whether whoever shows a valid token may still go on: their login has not ended, their role is what the token says, their
 * device is paired. Asked at every message, so that a change takes effect at once, and every second for those who only listen.
 */
import type { Timers } from '../base/clock.js';
import type { HotBranch } from '../store/hot/hot-branch.js';
import type { Credential } from './options.js';

/** Longer than any access token lives: after that the token itself has expired. */
const REMEMBERED_MS = 16 * 60_000;

/** Logins that were ended before their tokens expired. */
export class EndedSessions {
  readonly #timers: Timers;
  /** By id: when it may be forgotten, in monotonic milliseconds; in that order. */
  readonly #ended = new Map<string, number>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#ended.size;
  }

  add(sessionId: string): void {
    const now = this.#timers.monotonicMs();
    for (const [id, until] of this.#ended) {
      if (until > now) break;
      this.#ended.delete(id);
    }
    this.#ended.set(sessionId, now + REMEMBERED_MS);
  }

  has(sessionId: string): boolean {
    return this.#ended.has(sessionId);
  }
}

/** Why the principal may not go on; null: it may. */
export function objection(
  hot: Pick<HotBranch, 'staff' | 'devices'>,
  ended: Pick<EndedSessions, 'has'>,
  { principal, grant }: Credential,
): string | null {
  const { sessionId, issuedAt } = grant;
  if (sessionId !== null && ended.has(sessionId)) return 'this login has ended';
  const device = hot.devices.get(principal.device_id);
  if (device !== undefined) {
    if (!device.active) return 'this device is not paired any more';
    if (isVoid(device.tokens_from, issuedAt)) return 'this device was paired anew';
  }
  const person = hot.staff.get(principal.id);
  if (person !== undefined) {
    if (!person.active) return 'this person may not log in any more';
    if (isVoid(person.tokens_from, issuedAt)) return 'this login is void: log in again';
    if (sessionId !== null && person.role !== principal.role) return 'the role has changed';
  }
  return null;
}

function isVoid(tokensFrom: number | null, issuedAt: number): boolean {
  return tokensFrom !== null && issuedAt < tokensFrom;
}
