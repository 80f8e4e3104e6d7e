/** A block of an event segment, read and checked: events of rising versions without a gap. */
import type { CommitRecord } from '../history.js';
import { eventOf, textInLine, type EventRecord, type StoredEvent } from './event-record.js';

/** Versions of a branch, both ends included. */
export type Span = readonly [first: number, last: number];

export interface EventFilter {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** null: anybody's. */
  readonly actor: string | null;
  readonly device: string | null;
  readonly command: string | null;
  /** Events that are wanted at most. */
  readonly limit: number;
}

export class EventBlock {
  readonly first: number;
  readonly last: number;
  readonly #lines: readonly string[];

  constructor(first: number, lines: readonly string[]) {
    this.first = first;
    this.last = first + lines.length - 1;
    this.#lines = lines;
  }

  /** null: the block does not hold it. */
  event(version: number): StoredEvent | null {
    const line = this.#lines[version - this.first];
    return line === undefined ? null : eventOf(JSON.parse(line) as EventRecord);
  }

  /** Versions in whose changes the text stands, in rising order. */
  naming([first, last]: Span, text: string): number[] {
    const wanted = textInLine(text);
    const found: number[] = [];
    for (let version = first; version <= last; version += 1) {
      if (this.#lines[version - this.first]?.includes(wanted) === true) found.push(version);
    }
    return found;
  }

  /** Newest first. */
  matching([first, last]: Span, filter: EventFilter): CommitRecord[] {
    const found: CommitRecord[] = [];
    for (let version = last; version >= first && found.length < filter.limit; version -= 1) {
      const event = this.event(version);
      if (event !== null && fits(event, filter)) {
        const { changes: _changes, hash: _hash, ...record } = event;
        found.push(record);
      }
    }
    return found;
  }
}

function fits(event: CommitRecord, { from, to, actor, device, command }: EventFilter): boolean {
  return (
    event.at >= from &&
    event.at < to &&
    (actor === null || event.actor === actor) &&
    (device === null || event.device === device) &&
    (command === null || event.command === command)
  );
}
