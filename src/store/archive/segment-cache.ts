/**
 * The blocks of segments that were read last. A block is what the catalogue in the database says it is (its SHA-256), or it is
 * not read: a file that is missing, foreign, older or altered never passes for the one that was written.
 */
import { segmentPath } from './archive-directory.js';
import { readBlock } from './block-reader.js';
import { SegmentError, type BlockPlace } from './segment-format.js';

/** Some 256 KB each, 1 MB when parsed: an hour of a busy branch. */
const BLOCKS_KEPT = 16;
/** Segments whose places are kept. */
const SEGMENTS_KEPT = 16;

/** Of the catalogue. */
export interface CataloguedSegment {
  readonly id: string;
  /** Of the whole file. */
  readonly sha256: string;
  /** JSON of BlockPlace[]. */
  readonly blocks: string;
}

export class SegmentCache<Block> {
  readonly #directory: string;
  readonly #parse: (lines: readonly string[]) => Block;
  /** By segment, oldest use first; as the blocks. */
  readonly #places = new Map<string, readonly BlockPlace[]>();
  readonly #blocks = new Map<string, Block>();

  /** `directory`: of the segments. `parse` makes of a block's lines, one a record, what is kept. */
  constructor(directory: string, parse: (lines: readonly string[]) => Block) {
    this.#directory = directory;
    this.#parse = parse;
  }

  /** In the order of the file. */
  places({ id, sha256, blocks }: CataloguedSegment): readonly BlockPlace[] {
    return kept(this.#places, { key: `${id} ${sha256}`, most: SEGMENTS_KEPT }, () => {
      return JSON.parse(blocks) as BlockPlace[];
    });
  }

  /** None of its records is kept from here on. */
  forget(segmentId: string): void {
    for (const name of this.#blocks.keys()) {
      if (name.startsWith(`${segmentId} `)) this.#blocks.delete(name);
    }
  }

  /** Throws SegmentError. */
  block(segment: CataloguedSegment, index: number): Block {
    const { id, sha256 } = segment;
    const key = `${id} ${sha256} ${String(index)}`;
    return kept(this.#blocks, { key, most: BLOCKS_KEPT }, () => {
      const place = this.places(segment)[index];
      if (place === undefined) {
        throw this.fault(segment, `the catalogue lacks block ${String(index)}`);
      }
      return this.#parse(readBlock(segmentPath(this.#directory, id), place));
    });
  }

  fault({ id }: CataloguedSegment, reason: string): SegmentError {
    return new SegmentError(segmentPath(this.#directory, id), reason);
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
