/** The chain of hashes over a branch's events: whoever alters, drops or inserts one breaks every later link. */
import { hash } from 'node:crypto';

/** What stands for the event before the first. */
export const CHAIN_START = '0'.repeat(64);

export interface ChainedEvent {
  readonly branchId: string;
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly device: string;
  readonly command: string;
  readonly key: string | null;
  readonly correlationId: string | null;
  /** The text as it is stored. */
  readonly changes: string;
}

/** Lower-case hex of the event's hash, by the layout of S-CHAIN-1. */
export function chainHash(before: string, event: ChainedEvent): string {
  const { branchId, version, at, actor, device, command, key, correlationId } = event;
  const fields = [branchId, version, at, actor, device, command, key, correlationId];
  return hash('sha256', `${before}\n${JSON.stringify(fields)}\n${event.changes}`, 'hex');
}

/** An event as it is stored. */
export type LinkedEvent = Omit<ChainedEvent, 'branchId' | 'correlationId'> & {
  readonly correlation_id: string | null;
  /** Lower-case hex. */
  readonly hash: string;
};

/** Whether the event's hash is what follows from the one before and from what stands in the event. */
export function followsOn(branchId: string, before: string, event: LinkedEvent): boolean {
  const { correlation_id: correlationId, hash: stored, ...fields } = event;
  return chainHash(before, { branchId, correlationId, ...fields }) === stored;
}
