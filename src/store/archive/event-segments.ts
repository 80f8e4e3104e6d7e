/**
 * Reads events from segments, block by block. A block is what the catalogue in the database says it is (its SHA-256), or it
 * is not read: a file that is missing, foreign, older or altered never passes for the one that was written.
 */
import { segmentPath } from './archive-directory.js';
import { readBlock } from './block-reader.js';
import { EventBlock } from './event-block.js';
import type { StoredEvent } from './event-record.js';
import { SegmentError, type BlockPlace } from './segment-format.js';

/** Blocks that are kept, of some 256 KB each: an hour of a busy branch. */
const BLOCKS_KEPT = 16;
/** Segments whose catalogue is kept. */
const SEGMENTS_KEPT = 4;

/** Of the catalogue. */
export interface EventSegmentRow {
  readonly id: string;
  readonly first_version: number;
  readonly last_version: number;
  /** Of the whole file. */
  readonly sha256: string;
  /** JSON of BlockPlace[]. */
  readonly blocks: string;
}

interface BlockSpan {
  readonly first: number;
  readonly last: number;
  readonly place: BlockPlace;
}

export class EventSegments {
  readonly #directory: string;
  /** By segment, oldest use first. */
  readonly #spans = new Map<string, readonly BlockSpan[]>();
  /** By segment and first version, oldest use first. */
  readonly #blocks = new Map<string, EventBlock>();

  /** `directory`: of the segments. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Throws SegmentError. */
  event(segment: EventSegmentRow, version: number): StoredEvent {
    const event = this.block(segment, version).event(version);
    if (event?.version === version) return event;
    throw new SegmentError(this.#path(segment), `it lacks event ${String(version)}`);
  }

  /** The block that holds the version. Throws SegmentError. */
  block(segment: EventSegmentRow, version: number): EventBlock {
    const span = this.#spansOf(segment).find(({ last }) => last >= version);
    if (span === undefined) {
      throw new SegmentError(this.#path(segment), `the catalogue lacks event ${String(version)}`);
    }
    const key = `${segment.id} ${segment.sha256} ${String(span.first)}`;
    return kept(this.#blocks, { key, most: BLOCKS_KEPT }, () => {
      return new EventBlock(span.first, readBlock(this.#path(segment), span.place));
    });
  }

  #spansOf({ id, sha256, first_version, blocks }: EventSegmentRow): readonly BlockSpan[] {
    return kept(this.#spans, { key: `${id} ${sha256}`, most: SEGMENTS_KEPT }, () => {
      let last = first_version - 1;
      return (JSON.parse(blocks) as BlockPlace[]).map((place) => {
        const first = last + 1;
        last += place.records;
        return { first, last, place };
      });
    });
  }

  #path({ id }: EventSegmentRow): string {
    return segmentPath(this.#directory, id);
  }
}

/** The entry, made where it is not kept; the one whose use is longest ago goes. */
function kept<T>(
  map: Map<string, T>,
  { key, most }: { readonly key: string; readonly most: number },
  make: () => T,
): T {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
  return value;
}
