/** Reads a segment file (segment-format.ts). Whatever it gives was checked against the file's own checksums. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../sqlite/errors.js';
import {
  BLOCK_RAW_BYTES_MAX,
  SEGMENT_MAGIC,
  SegmentError,
  TRAILER_BYTES,
  decompress,
  sha256,
  type BlockPlace,
  type SegmentFooter,
} from './segment-format.js';

const PIECE_BYTES = 1024 * 1024;

export interface VerifiedSegment {
  readonly bytes: number;
  /** Of the whole file, in lower-case hex. */
  readonly sha256: string;
}

export class SegmentFile {
  readonly path: string;
  readonly footer: SegmentFooter;
  readonly bytes: number;
  readonly #file: number;
  #closed = false;

  private constructor(path: string, file: number, bytes: number, footer: SegmentFooter) {
    this.path = path;
    this.#file = file;
    this.bytes = bytes;
    this.footer = footer;
  }

  /** Throws SegmentError where it is missing, no segment, cut, or its footer is altered. */
  static open(path: string): SegmentFile {
    const file = openedFile(path);
    try {
      const { size } = fstatSync(file);
      return new SegmentFile(path, file, size, readFooter(path, file, size));
    } catch (error) {
      closeSync(file);
      throw asSegmentError(path, error);
    }
  }

  /** The records of one block, in the order in which they were added. Throws SegmentError where it is altered. */
  read(block: number): unknown[] {
    const place = this.footer.blocks[block];
    if (place === undefined) throw new SegmentError(this.path, `it has no block ${String(block)}`);
    try {
      return this.#records(place);
    } catch (error) {
      const reason = `block ${String(block)} is damaged: ${messageOf(error)}`;
      throw new SegmentError(this.path, reason, { cause: error });
    }
  }

  *records(): Generator<unknown, void> {
    for (const block of this.footer.blocks.keys()) yield* this.read(block);
  }

  /** Checks every byte, and decompresses every block. Throws SegmentError. */
  verify(): VerifiedSegment {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(PIECE_BYTES);
    const end = this.bytes - 32;
    for (let from = 0; from < end;) {
      const wanted = Math.min(PIECE_BYTES, end - from);
      this.#fill(piece.subarray(0, wanted), from);
      hash.update(piece.subarray(0, wanted));
      from += wanted;
    }
    const last = Buffer.alloc(32);
    this.#fill(last, end);
    const whole = hash.copy().digest();
    if (!whole.equals(last)) throw new SegmentError(this.path, 'its checksum is wrong');
    this.#checkPlaces();
    for (const block of this.footer.blocks.keys()) this.read(block);
    return { bytes: this.bytes, sha256: hash.update(last).digest('hex') };
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }

  #records({
    offset,
    length,
    raw_length: rawLength,
    records,
    sha256: wanted,
  }: BlockPlace): unknown[] {
    const packed = Buffer.alloc(length);
    this.#fill(packed, offset);
    if (sha256(packed).toString('hex') !== wanted) throw new Error('its checksum is wrong');
    if (rawLength > BLOCK_RAW_BYTES_MAX) throw new Error('it is too large');
    const lines = decompress(packed, rawLength).toString('utf8').split('\n');
    // Each line is ended: behind the last one there is nothing.
    lines.pop();
    if (lines.length !== records) throw new Error(`it holds ${String(lines.length)} records`);
    return lines.map((line): unknown => JSON.parse(line));
  }

  /** Blocks follow each other from the magic line to the footer, and the counts are theirs. */
  #checkPlaces(): void {
    const { blocks, records, raw_bytes: rawBytes } = this.footer;
    let [end, counted, raw] = [SEGMENT_MAGIC.length, 0, 0];
    for (const block of blocks) {
      if (block.offset !== end) throw new SegmentError(this.path, 'its blocks have a gap');
      end += block.length;
      counted += block.records;
      raw += block.raw_length;
    }
    if (counted !== records || raw !== rawBytes) {
      throw new SegmentError(this.path, 'its counts disagree with its blocks');
    }
  }

  #fill(bytes: Buffer, offset: number): void {
    fill(this.#file, bytes, offset);
  }
}

function openedFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw asSegmentError(path, error);
  }
}

function readFooter(path: string, file: number, size: number): SegmentFooter {
  const magic = Buffer.alloc(SEGMENT_MAGIC.length);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  if (size < magic.length + trailer.length) throw new SegmentError(path, 'it was cut');
  fill(file, magic, 0);
  if (!magic.equals(SEGMENT_MAGIC)) {
    throw new SegmentError(path, 'it does not begin as a segment that this version can read');
  }
  fill(file, trailer, size - trailer.length);
  const length = trailer.readUInt32BE(0);
  const start = size - trailer.length - length;
  if (start < magic.length) throw new SegmentError(path, 'it was cut, or its trailer is damaged');
  const text = Buffer.alloc(length);
  fill(file, text, start);
  if (!sha256(text).equals(trailer.subarray(4, 36))) {
    throw new SegmentError(path, 'it was cut, or its footer is damaged');
  }
  return JSON.parse(text.toString('utf8')) as SegmentFooter;
}

function fill(file: number, bytes: Buffer, offset: number): void {
  for (let from = 0; from < bytes.length;) {
    const read = readSync(file, bytes, from, bytes.length - from, offset + from);
    if (read === 0) throw new Error('the file ends too early');
    from += read;
  }
}

function asSegmentError(path: string, error: unknown): SegmentError {
  if (error instanceof SegmentError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return new SegmentError(path, code === 'ENOENT' ? 'it is missing' : messageOf(error), {
    cause: error,
  });
}
