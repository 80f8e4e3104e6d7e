/** A few open segment files and decompressed blocks, those used last. */
import { segmentPath } from './archive-directory.js';
import { SegmentFile } from './segment-file.js';
import { SegmentError, type BlockPlace } from './segment-format.js';

const FILES_MAX = 16;
/** About 1 MB each when parsed. */
const BLOCKS_MAX = 16;

export interface SegmentPlace {
  readonly branchId: string;
  readonly segmentId: string;
}

export class SegmentCache {
  readonly #directory: string;
  readonly #files = new Map<string, SegmentFile>();
  readonly #blocks = new Map<string, readonly unknown[]>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** `places`: the blocks as the catalogue has them. Throws SegmentError where the file is not the one that it names. */
  records(
    place: SegmentPlace,
    block: number,
    places: () => readonly BlockPlace[],
  ): readonly unknown[] {
    const name = `${place.segmentId} ${String(block)}`;
    const kept = this.#blocks.get(name);
    const records = kept ?? this.#file(place, places).read(block);
    keepLast(this.#blocks, name, records, BLOCKS_MAX);
    return records;
  }

  forget(segmentId: string): void {
    this.#files.get(segmentId)?.close();
    this.#files.delete(segmentId);
    for (const name of this.#blocks.keys()) {
      if (name.startsWith(`${segmentId} `)) this.#blocks.delete(name);
    }
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
    this.#blocks.clear();
  }

  #file({ branchId, segmentId }: SegmentPlace, places: () => readonly BlockPlace[]): SegmentFile {
    const kept = this.#files.get(segmentId);
    const file = kept ?? SegmentFile.open(segmentPath(this.#directory, segmentId));
    const { id, branch_id: branch, blocks } = file.footer;
    const wanted = kept === undefined ? JSON.stringify(places()) : null;
    if (
      id !== segmentId ||
      branch !== branchId ||
      (wanted ?? JSON.stringify(blocks)) !== JSON.stringify(blocks)
    ) {
      file.close();
      throw new SegmentError(file.path, 'it is another file than the catalogue names');
    }
    keepLast(this.#files, segmentId, file, FILES_MAX)?.close();
    return file;
  }
}

/** Gives what had to make room. */
function keepLast<Value>(
  map: Map<string, Value>,
  name: string,
  value: Value,
  most: number,
): Value | undefined {
  map.delete(name);
  map.set(name, value);
  const [oldest] = map.keys();
  if (map.size <= most || oldest === undefined) return undefined;
  const dropped = map.get(oldest);
  map.delete(oldest);
  return dropped;
}
