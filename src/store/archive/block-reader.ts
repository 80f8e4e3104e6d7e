/** Reads one block of a segment by what the catalogue in the database says of it. */
import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../sqlite/errors.js';
import { SegmentError, decompress, sha256, type BlockPlace } from './segment-format.js';

/** Its lines, one a record. Throws SegmentError where the file does not hold that block there. */
export function readBlock(path: string, place: BlockPlace): string[] {
  try {
    const packed = bytesAt(path, place);
    if (sha256(packed).toString('hex') !== place.sha256) {
      throw new Error(`its bytes from ${String(place.offset)} on are not those that were written`);
    }
    const lines = decompress(packed, place.raw_length).toString('utf8').split('\n');
    // Each line is ended: behind the last one there is nothing.
    lines.pop();
    if (lines.length === place.records) return lines;
    throw new Error(`a block of it holds ${String(lines.length)} records`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'it is missing' : messageOf(error);
    throw new SegmentError(path, reason, { cause: error });
  }
}

function bytesAt(path: string, { offset, length }: BlockPlace): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    for (let from = 0; from < length;) {
      const read = readSync(file, bytes, from, length - from, offset + from);
      if (read === 0) throw new Error('it was cut');
      from += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
