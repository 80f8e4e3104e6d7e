/**
 * The chain of hashes over one branch's events, reckoned anew by the layout of S-CHAIN-1, and the gaplessness of its
 * versions. After a break it goes on from what is stored, so that one break is one difference.
 */
import { hash } from 'node:crypto';
import type { Findings } from './findings.js';

export interface StoredEvent {
  readonly branch_id: string;
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly device: string;
  readonly command: string;
  readonly key: string | null;
  readonly correlation_id: string | null;
  readonly changes: string;
  readonly hash: Buffer;
}

export class EventChain {
  readonly #findings: Findings;
  version = 0;
  /** Lower-case hex, as it is stored. */
  hash = '0'.repeat(64);

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  follow(event: StoredEvent): void {
    const place = `event ${event.branch_id} ${String(event.version)}`;
    if (event.version !== this.version + 1) {
      const gap = `${place} comes after version ${String(this.version)}`;
      this.#findings.add('version', `${gap}: events are missing`);
    }
    const stored = event.hash.toString('hex');
    if (eventHash(this.hash, event) !== stored) {
      this.#findings.add(
        'hash',
        `${place} breaks the hash chain: it or the one before was altered`,
      );
    }
    this.version = event.version;
    this.hash = stored;
  }
}

function eventHash(before: string, event: StoredEvent): string {
  const fields = JSON.stringify([
    event.branch_id,
    event.version,
    event.at,
    event.actor,
    event.device,
    event.command,
    event.key,
    event.correlation_id,
  ]);
  return hash('sha256', [before, fields, event.changes].join('\n'), 'hex');
}
