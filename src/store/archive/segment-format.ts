/**
 * The format of a segment file: records that left the database, written once and never altered.
 *
 *     magic     "expeditor segment 1 br\n", in ASCII: the format's version, and how blocks are compressed (br: Brotli, RFC 7932)
 *     blocks    one behind the other without a gap; each, decompressed, is UTF-8 text of one JSON record a line (NDJSON),
 *               every line ended by "\n"
 *     footer    UTF-8 JSON: SegmentFooter
 *     trailer   68 bytes: length of the footer (4 bytes, big-endian), SHA-256 of the footer (32 bytes), and SHA-256 of
 *               everything before these last 32 bytes
 *
 * Every byte lies under a checksum: a block's stands in the footer, the footer's in the trailer, and the last one covers the
 * whole file. A block is read without the rest of the file. What a record holds is the business of the segment's kind
 * (order-record.ts for `orders`).
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

export const SEGMENT_MAGIC = Buffer.from('expeditor segment 1 br\n', 'ascii');
export const TRAILER_BYTES = 4 + 32 + 32;
/** Records are gathered until they have so many bytes: a block opens in about a millisecond, and compresses well. */
export const BLOCK_RAW_BYTES = 256 * 1024;
/** No honest block is larger: its last record alone may lead beyond BLOCK_RAW_BYTES. */
export const BLOCK_RAW_BYTES_MAX = 64 * 1024 * 1024;

export type SegmentKind = 'orders' | 'events';

/** Where a block lies and what it must be; all in bytes but `records`. */
export interface BlockPlace {
  readonly offset: number;
  readonly length: number;
  readonly raw_length: number;
  readonly records: number;
  /** Of the compressed bytes, in lower-case hex. */
  readonly sha256: string;
}

/** Numbers and texts that a kind keeps of all its records together. */
export type SegmentFacts = Readonly<Record<string, string | number | null>>;

export interface SegmentFooter {
  readonly branch_id: string;
  readonly id: string;
  readonly kind: SegmentKind;
  readonly records: number;
  readonly raw_bytes: number;
  readonly blocks: readonly BlockPlace[];
  /** Which records they are, and control totals of them: counts and sums of money. */
  readonly facts: SegmentFacts;
}

/** A segment's file is missing, cut or altered. One line: what was done with which file, and what is wrong with it. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`read ${path}: ${reason}; put the file back from a backup`, options);
    this.path = path;
    this.reason = reason;
  }
}

/** Quality 5 takes a tenth of the time of the best, for files a tenth larger. */
export function compress(raw: Buffer): Buffer {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
}

/** Throws where that is not what was compressed, or more than `rawLength`. */
export function decompress(packed: Buffer, rawLength: number): Buffer {
  const raw = brotliDecompressSync(packed, { maxOutputLength: Math.max(rawLength, 1) });
  if (raw.length !== rawLength) throw new Error(`it holds ${String(raw.length)} bytes`);
  return raw;
}

export function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
