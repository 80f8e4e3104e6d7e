/** What was answered, on WebSockets and over HTTP, and what was dropped since the start of the hub, for metrics. */
import { REFUSALS, type RefusalCode } from '../../base/refusal.js';
import type { HubMessage } from '../../protocol/messages.js';

export interface SessionCounts {
  /** Refusals by code. */
  readonly refusals: Record<RefusalCode, number>;
  /** Acknowledgements that were given before under the same key. */
  replays: number;
  deltasDropped: number;
  /** How often a connection began to lag. */
  lags: number;
}

export function newSessionCounts(): SessionCounts {
  const codes = Object.keys(REFUSALS).map((code) => [code, 0] as const);
  const refusals = Object.fromEntries(codes) as Record<RefusalCode, number>;
  return { refusals, replays: 0, deltasDropped: 0, lags: 0 };
}

/** How a request ended: refused with a code, given once more what its key had been answered, or answered. */
export type Outcome = RefusalCode | 'replayed' | 'answered';

export function countOutcome(counts: SessionCounts, outcome: Outcome): void {
  if (outcome === 'replayed') counts.replays += 1;
  else if (outcome !== 'answered') counts.refusals[outcome] += 1;
}

export function countAnswer(counts: SessionCounts, message: HubMessage): void {
  if (message.type === 'error') counts.refusals[message.code] += 1;
  else if (message.type === 'ack' && message.replayed === true) counts.replays += 1;
}
