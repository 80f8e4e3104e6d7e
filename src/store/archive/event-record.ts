/**
 * An event as it stands in a segment of kind `events`: a JSON array
 * `[version, at, actor, device, command, key, correlation_id, changes, hash]`, `changes` being the text that was stored and
 * `hash` the lower-case hex of S-CHAIN-1. Events of one branch follow each other without a gap.
 */
import type { CommitRecord } from '../history.js';

export interface StoredEvent extends CommitRecord {
  /** JSON text of the change set. */
  readonly changes: string;
  /** Lower-case hex. */
  readonly hash: string;
}

export type EventRecord = readonly [
  version: number,
  at: number,
  actor: string,
  device: string,
  command: string,
  key: string | null,
  correlationId: string | null,
  changes: string,
  hash: string,
];

export function eventRecord(event: StoredEvent): EventRecord {
  const { version, at, actor, device, command, key, correlation_id, changes, hash } = event;
  return [version, at, actor, device, command, key, correlation_id, changes, hash];
}

export function eventOf(record: EventRecord): StoredEvent {
  const [version, at, actor, device, command, key, correlation_id, changes, hash] = record;
  return { version, at, actor, device, command, key, correlation_id, changes, hash };
}

/** What a record's line holds where its changes hold this text. */
export function textInLine(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
