/** What one fsync of a small append costs on the disk that the bench writes to. */
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './spread.js';

const PAGE_BYTES = 4_096;
const TIMES = 200;

/** Median milliseconds of a write of one page and its fdatasync. */
export function fsyncMs(directory: string): number {
  const path = join(directory, 'fsync-probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const from = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    times.push(performance.now() - from);
  }
  closeSync(file);
  unlinkSync(path);
  return median(times);
}
