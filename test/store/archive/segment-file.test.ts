/** Segment files: what is written comes back, and what was altered is found. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SegmentFile } from '../../../src/store/archive/segment-file.js';
import { SegmentError, type SegmentFooter } from '../../../src/store/archive/segment-format.js';
import { SegmentWriter } from '../../../src/store/archive/segment-writer.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'segment-'));
  path = join(directory, 's1.segment');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Row {
  readonly id: number;
  readonly note: string;
}

/** About 1 KB each, so that 600 fill two blocks and begin a third. */
const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, id) => ({ id, note: `né\n${String(id)} `.repeat(120) }));

function write(records: readonly Row[]) {
  const writer = new SegmentWriter(path, { branchId: 'main', segmentId: 's1', kind: 'orders' });
  const places = records.map((record) => writer.add(record));
  return { places, written: writer.finish({ shift_id: 'shift-1', total: 12 }) };
}

/** What is wrong with the file as it stands; null: nothing. */
function fault(): string | null {
  let file: SegmentFile | null = null;
  try {
    file = SegmentFile.open(path);
    file.verify();
    return null;
  } catch (error) {
    if (error instanceof SegmentError) return error.message;
    throw error;
  } finally {
    file?.close();
  }
}

function flip(bytes: Buffer, place: number): void {
  const altered = Buffer.from(bytes);
  altered.writeUInt8(altered.readUInt8(place) ^ 0x10, place);
  writeFileSync(path, altered);
}

describe('a segment file', () => {
  test('S-ARC-1 gives its records back, in order and block by block, and says what it is', () => {
    const records = rows(600);
    const { places, written } = write(records);
    const file = SegmentFile.open(path);
    expect([...file.records()]).toEqual(records);
    expect(file.footer.blocks).toHaveLength(3);
    for (const [index, block] of places.entries()) {
      if (index % 97 === 0) expect(file.read(block)).toContainEqual(records[index]);
    }
    const bytes = readFileSync(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(file.verify()).toEqual({ bytes: bytes.length, sha256 });
    const { blocks, records: count, raw_bytes: rawBytes } = file.footer;
    expect(written).toEqual({ records: 600, bytes: bytes.length, rawBytes, sha256, blocks });
    expect(file.footer).toMatchObject({
      ...{ branch_id: 'main', id: 's1', kind: 'orders' },
      facts: { shift_id: 'shift-1', total: 12 },
    });
    expect(count).toBe(600);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    file.close();
  });

  test('S-ARC-1 one without records is a segment too', () => {
    write([]);
    expect(fault()).toBeNull();
  });

  test('S-ARC-2 a byte altered in any region is found, and a damaged block is never given', () => {
    write(rows(600));
    const bytes = readFileSync(path);
    const footerBytes = bytes.readUInt32BE(bytes.length - 68);
    const trailer = bytes.length - 68;
    const footer = trailer - footerBytes;
    const { blocks } = JSON.parse(bytes.toString('utf8', footer, trailer)) as SegmentFooter;
    const starts = [0, ...blocks.map(({ offset }) => offset), footer, trailer];
    const regions = [...starts, trailer + 4, trailer + 36, bytes.length];
    for (const [index, start] of regions.slice(0, -1).entries()) {
      const end = regions[index + 1] ?? 0;
      for (const place of [start, Math.floor((start + end) / 2), end - 1]) {
        flip(bytes, place);
        expect(fault(), `byte ${String(place)} of ${String(bytes.length)}`).toContain(path);
      }
    }
    flip(bytes, (blocks[1]?.offset ?? 0) + 7);
    const file = SegmentFile.open(path);
    expect(file.read(0)).toHaveLength(blocks[0]?.records ?? 0);
    expect(() => file.read(1)).toThrow('block 1 is damaged: its checksum is wrong');
    file.close();
    writeFileSync(path, bytes);
    expect(fault()).toBeNull();
  });

  test('S-ARC-2 one that was cut, has a tail, or is another file is found', () => {
    write(rows(300));
    const bytes = readFileSync(path);
    for (const length of [0, 10, 60, 1_000, bytes.length - 68, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(fault(), `cut to ${String(length)}`).toContain('put the file back from a backup');
    }
    for (const more of [Buffer.alloc(1), Buffer.alloc(100), bytes]) {
      writeFileSync(path, Buffer.concat([bytes, more]));
      expect(fault(), `${String(more.length)} bytes more`).not.toBeNull();
    }
    writeFileSync(path, Buffer.alloc(4_096));
    expect(fault()).toContain('does not begin as a segment');
    rmSync(path);
    expect(fault()).toBe(`read ${path}: it is missing; put the file back from a backup`);
  });
});
