/** The versions that an entry is sent with: the newest known ones, where what the person decided on stands unchanged. */
import type { CurrentRecords } from '../../base/refusal.js';
import type { Expect } from '../../domain/command.js';
import type { ViewRow } from '../../protocol/messages.js';
import { alreadyDone, mayRetry } from '../prediction/intents.js';
import { commandOf, type QueueEntry } from './entry.js';

export type Expectation =
  | { readonly kind: 'expect'; readonly expect: Expect }
  /** It stands already, by somebody else's hand. */
  | { readonly kind: 'done' }
  /** Something that the intent depends on is another now: for a person. */
  | { readonly kind: 'conflict'; readonly current: CurrentRecords };

export interface Known {
  /** The row as it stands; undefined: not held. */
  row(table: string, id: string): ViewRow | undefined;
  /** The version that the hub gave it for an earlier entry of this queue; 0: none. */
  ownVersion(table: string, id: string): number;
}

export function expectationOf(entry: QueueEntry, known: Known): Expectation {
  const { seen } = entry;
  // Whatever the hub asks for, only a person can say.
  if (seen === null) return { kind: 'expect', expect: {} };
  const expect: Record<string, Record<string, number>> = {};
  const current: Record<string, Record<string, ViewRow>> = {};
  for (const [table, versions] of Object.entries(seen.expect)) {
    for (const [id, version] of Object.entries(versions)) {
      const row = known.row(table, id);
      if (row !== undefined) (current[table] ??= {})[id] = row;
      const newest = Math.max(row?.version ?? 0, known.ownVersion(table, id));
      (expect[table] ??= {})[id] = newest === 0 ? version : newest;
    }
  }
  const command = commandOf(entry);
  if (Object.keys(current).length === 0 || mayRetry(command, seen.rows, current)) {
    return { kind: 'expect', expect };
  }
  return alreadyDone(command, seen.rows, current)
    ? { kind: 'done' }
    : { kind: 'conflict', current };
}
