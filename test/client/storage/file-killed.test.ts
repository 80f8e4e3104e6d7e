/** The storage in a file, of a process that is killed at any moment. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../src/client/node.js';
import { seedsToRun } from '../../support/seeds.js';
import { Random } from '../../support/random-traffic/random.js';

const CHILD = fileURLToPath(new URL('./file-child.mjs', import.meta.url));
const KILLS = 4;
const WRITES_BEFORE_KILL_MAX = 60;
const TEST_MS = 60_000;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-killed-storage-'));
  path = join(directory, 'till.db');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Lets a process write, kills it when it has told so many writes, and returns the last one that it told. */
async function writeAndKill(first: number, told: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, path, String(first), '1000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let last = first - 1;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last - first + 1 === told) child.kill('SIGKILL');
  }
  await ended;
  return last;
}

/** What is there after the kill: the number of the last write of each kind. */
async function written(): Promise<{ together: number; queue: number; count: number }> {
  const storage = await fileStorage(path);
  const together = (await storage.entries('together')).map(({ value }) => value as number);
  const queue = await storage.entries('queue');
  const [count] = await storage.entries('counts');
  await storage.close();
  expect(new Set(together).size).toBe(1);
  expect(together).toHaveLength(5);
  expect(queue.map(({ value }) => value)).toEqual(queue.map((_, index) => index));
  return { together: together[0]!, queue: queue.length - 1, count: (count!.value as number) - 1 };
}

test.each(seedsToRun(1))(
  'C-STO-11 after kill -9 whatever had resolved is there, whole, and the next open succeeds (seed %i)',
  async (seed) => {
    const random = new Random(seed);
    let next = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const last = await writeAndKill(next, random.whole(1, WRITES_BEFORE_KILL_MAX));
      const found = await written();
      expect(found.count).toBeGreaterThanOrEqual(last);
      expect(found.queue).toBeGreaterThanOrEqual(found.count);
      expect(found.together).toBeGreaterThanOrEqual(found.queue);
      // Between two writes of the child at most one of each kind was under way.
      expect(found.together).toBeLessThanOrEqual(found.count + 1);
      next = await finished(found);
    }
  },
  TEST_MS,
);

/** Completes the round that the kill interrupted, so that the next one begins with equal numbers. */
async function finished(found: Awaited<ReturnType<typeof written>>): Promise<number> {
  const storage = await fileStorage(path);
  if (found.queue < found.together) await storage.append('queue', found.together);
  if (found.count < found.together) {
    await storage.update<number>('counts', 'appended', (held) => (held ?? 0) + 1);
  }
  await storage.close();
  return found.together + 1;
}

test(
  'C-STO-12 each write waits for its own fsync',
  () => {
    const trace = join(directory, 'trace');
    const writes = 20;
    execFileSync('strace', [
      ...['-f', '-qq', '-y', '-e', 'trace=fsync,fdatasync', '-o', trace],
      ...[process.execPath, CHILD, path, '0', String(writes)],
    ]);
    const synced = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes('till.db-wal'));
    expect(synced.length).toBeGreaterThanOrEqual(3 * writes);
  },
  TEST_MS,
);
