/** What sessions have answered and dropped since the start of the hub, for metrics. */
import { REFUSALS, type RefusalCode } from '../../base/refusal.js';
import type { HubMessage } from '../../protocol/messages.js';

export interface SessionCounts {
  /** `error` messages by code. */
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

export function countAnswer(counts: SessionCounts, message: HubMessage): void {
  if (message.type === 'error') counts.refusals[message.code] += 1;
  else if (message.type === 'ack' && message.replayed === true) counts.replays += 1;
}
