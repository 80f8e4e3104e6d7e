/** One queued command and where it stands, as it is stored: plain data, replaced and never altered. */
import type { RefusalCode, CurrentRecords } from '../../base/refusal.js';
import type { RecordVersions } from '../../domain/change-set.js';
import type { Expect } from '../../domain/command.js';
import type { Seen } from '../prediction/intents.js';
import { unitOf, type QueueableCommand, type QueueableName } from '../prediction/queueable.js';
import type { Principal } from '../../protocol/messages.js';

/** The hub's refusal, or this client's own in the same words. */
export interface QueueRefusal {
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: unknown;
  /** On `version_conflict`: the records as they stand. */
  readonly current?: CurrentRecords;
}

/** Why an entry does not go out although there is a connection. */
export interface WaitReason {
  readonly code: 'shift_closed' | 'signed_out' | 'order_refused' | 'other_branch';
  /** For a person. */
  readonly message: string;
}

export type EntryState =
  /** Not sent, or to be sent again. `reason` null: its turn has not come, or there is no connection. */
  | { readonly kind: 'waiting'; readonly reason: WaitReason | null }
  /** On its way; after a lost connection or a crash it is sent again under its key. */
  | { readonly kind: 'sending'; readonly expect: Expect }
  /** Written by the hub. It stays until the replica shows it. `version` null: the hub had forgotten the key. */
  | {
      readonly kind: 'acknowledged';
      readonly version: number | null;
      /** Of the hub's history that `version` belongs to. */
      readonly epoch: string;
      readonly records: RecordVersions;
    }
  /** Stays until a person says `retry`, `amend` or `drop`. */
  | { readonly kind: 'refused'; readonly error: QueueRefusal }
  /** By a person's word; about to be removed. */
  | { readonly kind: 'dropped' };

/** The order bears another number than the one printed: the leased one had lapsed. */
export interface NewNumber {
  readonly printed: number;
  /** null: not known yet. */
  readonly number: number | null;
  /** A person has been told. */
  readonly told: boolean;
}

export interface StoredEntry {
  /** The idempotency key: made once, kept through every resend. */
  readonly key: string;
  readonly name: QueueableName;
  readonly branchId: string;
  /** With the ids of all new records. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** This device's clock. */
  readonly queuedAt: number;
  /** The hub's time, as far as it was known. */
  readonly at: number;
  /** Who gave the command; it goes out whoever is signed in by then. */
  readonly by: Principal;
  /** The rows that the command expects, as the person saw them; null: not all of them were to be seen. */
  readonly seen: Seen | null;
  readonly state: EntryState;
  readonly newNumber?: NewNumber;
}

export interface QueueEntry extends StoredEntry {
  /** Where it stands in the queue: later entries have greater ones. */
  readonly place: string;
}

/** Neither written by the hub nor given up by a person: what a till still owes the hub. */
export function isOwed({ state }: StoredEntry): boolean {
  return state.kind === 'waiting' || state.kind === 'sending' || state.kind === 'refused';
}

/** What was queued has passed through `Queue.add`, which takes a payload only with its name. */
export function commandOf({
  name,
  payload,
}: Pick<StoredEntry, 'name' | 'payload'>): QueueableCommand {
  return { name, payload } as QueueableCommand;
}

/** Entries of one unit go out one after the other. */
export function unitOfEntry(entry: Pick<StoredEntry, 'name' | 'payload'>): string {
  const { name, payload } = commandOf(entry);
  return unitOf(name, payload);
}
