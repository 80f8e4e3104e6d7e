/** Hubs that are killed at a system call, beside the image that is built of that moment; and what the builder promises of a disk. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { HubProcess } from '../support/hub-process.js';
import { Random } from '../support/random-traffic/random.js';
import { Disk } from './images/disk.js';
import { powerLossImage } from './images/power-loss.js';
import type { CommandBook } from './recording/command-book.js';
import { record } from './recording/recorder.js';
import type { Step } from './recording/step.js';
import { Restaurant } from './scenarios/restaurant.js';

/** More than it takes to be killed. */
const ORDERS_MAX = 40;

async function untilKilled(hub: HubProcess, book: CommandBook): Promise<void> {
  const till = hub.client({ role: 'manager', encoding: 'json' });
  const restaurant = new Restaurant(book);
  const serving = async (): Promise<never> => {
    await restaurant.openShift(till);
    for (let orders = 0; orders < ORDERS_MAX; orders += 1) await restaurant.serve(till);
    throw new Error('it was not killed');
  };
  try {
    await Promise.race([hub.ended(), serving()]);
  } finally {
    till.close();
  }
}

describe('a hub that is killed by the kernel', () => {
  // The count is by thread, and the writer makes most of these calls.
  it.each([
    ['fsync', 16],
    ['pwrite64', 300],
  ])('F-IMG-4 at %s number %i leaves what is built for that moment', async (call, when) => {
    const inject = ['-e', `inject=${call}:signal=SIGKILL:when=${when}`];
    // Throws where a byte of what it left is not as the steps make it.
    const { steps } = await record({ name: 'killed', run: untilKilled, inject });
    const written = steps.filter(({ kind }) => kind === 'write').length;
    expect(written).toBeGreaterThan(100);
    expect(steps.some(({ kind }) => kind === 'acknowledged')).toBe(true);
  });
});

const SYNCED: readonly Step[] = [
  { kind: 'create', path: 'a' },
  { kind: 'write', path: 'a', offset: 0, data: Buffer.alloc(2_000, 1) },
  { kind: 'sync_begins', path: 'a', call: 1 },
  { kind: 'write', path: 'a', offset: 2_000, data: Buffer.alloc(2_000, 2) },
  { kind: 'sync_ends', call: 1 },
];

describe('a disk that loses its power', () => {
  let seen: Map<string, number>;

  beforeEach(() => {
    seen = new Map();
  });

  function lose(steps: readonly Step[], describe: (a: Buffer | undefined) => string): void {
    for (let seed = 1; seed <= 400; seed += 1) {
      const disk = new Disk({ directories: [], files: new Map() });
      for (const step of steps) disk.take(step);
      const { files } = powerLossImage(disk, new Random(seed));
      const found = describe(files.get('a'));
      seen.set(found, (seen.get(found) ?? 0) + 1);
    }
  }

  it('F-IMG-1 keeps what the sync covered, and may lose what came while it was under way', () => {
    const named: readonly Step[] = [
      { kind: 'sync_begins', path: '', call: 2 },
      { kind: 'sync_ends', call: 2 },
    ];
    lose([...SYNCED, ...named], (a) => {
      expect(a?.subarray(0, 2_000).equals(Buffer.alloc(2_000, 1))).toBe(true);
      return String(a?.length);
    });
    expect([...seen.keys()].sort()).toEqual(['2000', '4000']);
  });

  it('F-IMG-1 may lose the name of a file whose bytes are synced', () => {
    lose(SYNCED, (a) => (a === undefined ? 'lost' : 'there'));
    expect([...seen.keys()].sort()).toEqual(['lost', 'there']);
  });

  it('F-IMG-1 tears a write, and keeps a later one without an earlier', () => {
    const steps: readonly Step[] = [
      ...SYNCED,
      { kind: 'write', path: 'a', offset: 0, data: Buffer.alloc(1_024, 3) },
      { kind: 'write', path: 'a', offset: 1_024, data: Buffer.alloc(512, 4) },
    ];
    lose(steps, (a) => (a === undefined ? 'lost' : [0, 512, 1_024].map((at) => a[at]).join('')));
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['111', '114', '131', '314', '334']));
  });

  it('F-IMG-1 the same seed loses the same', () => {
    const disk = new Disk({ directories: [], files: new Map() });
    for (const step of SYNCED) disk.take(step);
    const [one, two] = [7, 7].map((seed) => powerLossImage(disk, new Random(seed)));
    expect(one).toEqual(two);
  });
});
