/** What became of queued commands, for those who wait to know: told by what is stored, whichever client sent it. */
import type { RecordVersions } from '../../domain/change-set.js';
import type { QueueRefusal, StoredEntry } from './entry.js';
import type { EntryChange, StoredQueue } from './stored-queue.js';

export type Outcome =
  /** Written by the hub; `version` null: long ago, under a key that it had forgotten. */
  | {
      readonly kind: 'acknowledged';
      readonly version: number | null;
      readonly records: RecordVersions;
    }
  /** It stays in the queue until a person says `retry`, `amend` or `drop`. */
  | { readonly kind: 'refused'; readonly error: QueueRefusal }
  | { readonly kind: 'dropped' }
  /** Another client on the same storage had it acknowledged or dropped while this one was not looking. */
  | { readonly kind: 'gone' };

export class Outcomes {
  readonly #stored: StoredQueue;
  /** Who waits, by key. */
  readonly #waiting = new Map<string, ((outcome: Outcome) => void)[]>();

  constructor(stored: StoredQueue) {
    this.#stored = stored;
    stored.onChange((changes) => {
      this.#tell(changes);
    });
  }

  /** Never rejects. */
  of(key: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const entry = this.#stored.byKey(key);
      const outcome = entry === undefined ? GONE : outcomeOf(entry);
      if (outcome !== null) resolve(outcome);
      else this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    });
  }

  #tell(changes: readonly EntryChange[]): void {
    for (const { before, after } of changes) {
      const key = (after ?? before)?.key ?? '';
      const outcome = after === null ? GONE : outcomeOf(after);
      if (outcome === null) continue;
      for (const resolve of this.#waiting.get(key) ?? []) resolve(outcome);
      this.#waiting.delete(key);
    }
  }
}

const GONE: Outcome = { kind: 'gone' };

/** Null: there is none yet. */
function outcomeOf({ state }: StoredEntry): Outcome | null {
  switch (state.kind) {
    case 'acknowledged':
      return { kind: 'acknowledged', version: state.version, records: state.records };
    case 'refused':
    case 'dropped':
      return state;
    case 'waiting':
    case 'sending':
      return null;
  }
}
