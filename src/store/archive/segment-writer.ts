/** Writes a segment file (segment-format.ts), block by block, and syncs it. Its name and its directory are the caller's. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import {
  BLOCK_RAW_BYTES,
  SEGMENT_MAGIC,
  compress,
  sha256,
  type BlockPlace,
  type SegmentFacts,
  type SegmentFooter,
  type SegmentKind,
} from './segment-format.js';

export interface SegmentName {
  readonly branchId: string;
  readonly segmentId: string;
  readonly kind: SegmentKind;
}

/** What the catalogue keeps of a file. */
export interface WrittenSegment {
  readonly records: number;
  /** Of the whole file. */
  readonly bytes: number;
  readonly rawBytes: number;
  /** Of the whole file, in lower-case hex. */
  readonly sha256: string;
  readonly blocks: readonly BlockPlace[];
}

export class SegmentWriter {
  readonly #name: SegmentName;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  readonly #blocks: BlockPlace[] = [];
  #gathered: string[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #rawBytes = 0;
  #records = 0;
  #closed = false;

  /** Makes the file (0600) or empties the one that is there. */
  constructor(path: string, name: SegmentName) {
    this.#name = name;
    this.#file = openSync(path, 'w', 0o600);
    this.#write(SEGMENT_MAGIC);
  }

  /** Blocks that are written: it rises when a record filled one, which takes milliseconds. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /** Gives the number of the block that the record stands in, from 0. */
  add(record: unknown): number {
    const line = `${JSON.stringify(record)}\n`;
    const block = this.#blocks.length;
    this.#gathered.push(line);
    this.#gatheredBytes += Buffer.byteLength(line);
    this.#records += 1;
    if (this.#gatheredBytes >= BLOCK_RAW_BYTES) this.#endBlock();
    return block;
  }

  /** Everything is on the disk when it returns, but for the file's name. */
  finish(facts: SegmentFacts): WrittenSegment {
    if (this.#gathered.length > 0) this.#endBlock();
    const { branchId, segmentId, kind } = this.#name;
    const footer: SegmentFooter = {
      ...{ branch_id: branchId, id: segmentId, kind },
      ...{ records: this.#records, raw_bytes: this.#rawBytes, blocks: this.#blocks, facts },
    };
    const text = Buffer.from(JSON.stringify(footer), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    for (const part of [text, length, sha256(text)]) this.#write(part);
    const before = this.#hash.copy().digest();
    this.#write(before);
    fsyncSync(this.#file);
    this.close();
    return {
      ...{ records: this.#records, bytes: this.#bytes, rawBytes: this.#rawBytes },
      ...{ sha256: this.#hash.digest('hex'), blocks: this.#blocks },
    };
  }

  /** Idempotent. A file that was not finished is for the caller to remove. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #endBlock(): void {
    const raw = Buffer.from(this.#gathered.join(''), 'utf8');
    const packed = compress(raw);
    this.#blocks.push({
      ...{ offset: this.#bytes, length: packed.length, raw_length: raw.length },
      ...{ records: this.#gathered.length, sha256: sha256(packed).toString('hex') },
    });
    this.#write(packed);
    this.#rawBytes += raw.length;
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  /** A disk that takes a part only is asked again for the rest; it throws when it takes no more. */
  #write(bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) from += writeSync(this.#file, bytes, from);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }
}
