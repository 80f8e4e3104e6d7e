/** Reads events from segments, block by block. */
import { EventBlock } from './event-block.js';
import type { StoredEvent } from './event-record.js';
import { SegmentCache, type CataloguedSegment } from './segment-cache.js';

export interface EventSegmentRow extends CataloguedSegment {
  readonly first_version: number;
  readonly last_version: number;
}

export class EventSegments {
  readonly #cache: SegmentCache<readonly string[]>;

  /** `directory`: of the segments. */
  constructor(directory: string) {
    this.#cache = new SegmentCache(directory, (lines) => lines);
  }

  /** Throws SegmentError. */
  event(segment: EventSegmentRow, version: number): StoredEvent {
    const event = this.block(segment, version).event(version);
    if (event?.version === version) return event;
    throw this.#cache.fault(segment, `it lacks event ${String(version)}`);
  }

  /** The block that holds the version. Throws SegmentError. */
  block(segment: EventSegmentRow, version: number): EventBlock {
    let first = segment.first_version;
    for (const [index, { records }] of this.#cache.places(segment).entries()) {
      if (version < first + records) {
        return new EventBlock(first, this.#cache.block(segment, index));
      }
      first += records;
    }
    throw this.#cache.fault(segment, `the catalogue lacks event ${String(version)}`);
  }
}
