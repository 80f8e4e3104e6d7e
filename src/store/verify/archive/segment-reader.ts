/**
 * Reads a segment file by its format alone, and checks every byte: magic line, blocks without a gap, their checksums, the
 * footer's, and that of the whole file.
 */
import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

const MAGIC = Buffer.from('expeditor segment 1 br\n', 'ascii');
const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const TRAILER_BYTES = LENGTH_BYTES + 2 * HASH_BYTES;
/** Whatever a damaged footer says, no more is unpacked at once. */
const BLOCK_RAW_BYTES_MAX = 64 * 1024 * 1024;

export interface Block {
  readonly offset: number;
  readonly length: number;
  readonly raw_length: number;
  readonly records: number;
  readonly sha256: string;
}

export interface Footer {
  readonly branch_id: string;
  readonly id: string;
  readonly kind: string;
  readonly records: number;
  readonly raw_bytes: number;
  readonly blocks: readonly Block[];
  readonly facts: Readonly<Record<string, string | number | null>>;
}

export interface ReadSegment {
  readonly bytes: number;
  /** Of the whole file, in lower-case hex. */
  readonly sha256: string;
}

/** What is wrong with a file, in words that follow its name. */
export class SegmentFault extends Error {
  override readonly name = 'SegmentFault';
}

export interface SegmentUse {
  /** Comes first; throws SegmentFault where this is not the file that was wanted. */
  readonly onFooter: (footer: Footer) => void;
  /** Each record with the number of its block. */
  readonly onRecord: (record: unknown, block: number) => void;
}

/** Throws SegmentFault, after some records it may be. */
export function readSegment(path: string, { onFooter, onRecord }: SegmentUse): ReadSegment {
  const file = opened(path);
  try {
    const bytes = fstatSync(file).size;
    if (bytes < MAGIC.length + TRAILER_BYTES) throw new SegmentFault('was cut');
    const whole = createHash('sha256');
    const magic = part(file, 0, MAGIC.length);
    if (!magic.equals(MAGIC)) throw new SegmentFault('does not begin as a segment');
    whole.update(magic);
    const { footer, text, trailer } = footerOf(file, bytes);
    onFooter(footer);
    let end = MAGIC.length;
    for (const [index, block] of footer.blocks.entries()) {
      if (block.offset !== end) throw new SegmentFault(`has a gap before block ${String(index)}`);
      const packed = part(file, block.offset, block.length);
      whole.update(packed);
      end += block.length;
      for (const record of unpacked(packed, block, index)) onRecord(record, index);
    }
    if (end + text.length + TRAILER_BYTES !== bytes) {
      throw new SegmentFault('has a gap before its footer');
    }
    whole.update(text).update(trailer.subarray(0, LENGTH_BYTES + HASH_BYTES));
    if (
      !whole
        .copy()
        .digest()
        .equals(trailer.subarray(LENGTH_BYTES + HASH_BYTES))
    ) {
      throw new SegmentFault('has another checksum than it says');
    }
    const last = trailer.subarray(LENGTH_BYTES + HASH_BYTES);
    return { bytes, sha256: whole.update(last).digest('hex') };
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new SegmentFault('is missing');
    throw new SegmentFault(`cannot be read: ${(error as Error).message}`);
  }
}

function footerOf(file: number, bytes: number) {
  const trailer = part(file, bytes - TRAILER_BYTES, TRAILER_BYTES);
  const length = trailer.readUInt32BE(0);
  const start = bytes - TRAILER_BYTES - length;
  if (start < MAGIC.length) throw new SegmentFault('was cut, or its trailer is damaged');
  const text = part(file, start, length);
  if (
    hash('sha256', text, 'hex') !== trailer.toString('hex', LENGTH_BYTES, LENGTH_BYTES + HASH_BYTES)
  ) {
    throw new SegmentFault('was cut, or its footer is damaged');
  }
  return { footer: JSON.parse(text.toString('utf8')) as Footer, text, trailer };
}

function unpacked(packed: Buffer, block: Block, index: number): unknown[] {
  const place = `block ${String(index)}`;
  if (hash('sha256', packed, 'hex') !== block.sha256) {
    throw new SegmentFault(`has a damaged ${place}`);
  }
  const raw = brotliDecompressSync(packed, { maxOutputLength: BLOCK_RAW_BYTES_MAX });
  const lines = raw.toString('utf8').split('\n');
  const isEnded = lines.pop() === '';
  if (raw.length !== block.raw_length || lines.length !== block.records || !isEnded) {
    throw new SegmentFault(`holds something else in ${place} than its footer says`);
  }
  return lines.map((line): unknown => JSON.parse(line));
}

function part(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(file, bytes, read, length - read, offset + read);
    if (more === 0) throw new SegmentFault('was cut');
    read += more;
  }
  return bytes;
}
