/** Heads that were told to the log find a tail that was cut, also where everything in the directory agrees. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../src/base/log.js';
import { silentLog } from '../../src/base/log.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import type { ExpectedHead } from '../../src/store/verify/remembered.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { ManualTimers } from '../support/manual-timers.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { committed, orderRequest, seedRequest, shiftRequest } from '../support/store.js';

let directory: ReturnType<typeof freshDirectory>;
let timers: ManualTimers;
let told: ExpectedHead[];

beforeEach(() => {
  directory = freshDirectory();
  timers = new ManualTimers();
  told = [];
});

afterEach(() => {
  directory.remove();
});

const log: Log = {
  ...silentLog,
  info: ({ branch, version, hash }) => {
    if (typeof branch === 'string') told.push([branch, version as number, hash as string]);
  },
};

const open = () => openSqlite(directory.path, { timers, log });
const order = (number: number) => orderRequest('main', { orderId: `o${String(number)}`, number });
const versions = () => told.map(([branch, version]) => `${branch} ${String(version)}`);

/** Time goes by, and whoever asked the writer meanwhile has its answer. */
async function pass(seconds: number): Promise<void> {
  const before = timers.waiting;
  timers.advance(seconds * 1_000);
  while (timers.waiting < before) await new Promise((resolve) => setImmediate(resolve));
}

describe('the heads that the log is told', () => {
  test('AU-2 at the start, every ten minutes in which a branch moved, and at the stop', async () => {
    let store = await open();
    await committed(store, seedRequest('main'));
    await committed(store, seedRequest('other'));
    await pass(1);
    expect(versions().sort()).toEqual(['main 1', 'other 1']);
    await committed(store, shiftRequest('main'));
    await pass(1);
    expect(told).toHaveLength(2);
    await pass(600);
    expect(versions().slice(2)).toEqual(['main 2']);
    await pass(600);
    expect(told).toHaveLength(3);
    await committed(store, order(1));
    await store.close();
    expect(versions().slice(3)).toEqual(['main 3']);
    store = await open();
    await pass(1);
    expect(versions().slice(4).sort()).toEqual(['main 3', 'other 1']);
    await store.close();
  });

  test('AU-3 I7 a cut tail is found by a head that was told before, by nothing else', async () => {
    const file = join(directory.path, DATABASE_NAME);
    let store = await open();
    await committed(store, seedRequest('main'));
    await committed(store, shiftRequest('main'));
    await store.close();
    const earlier = freshDirectory();
    cpSync(directory.path, earlier.path, { recursive: true });
    store = await open();
    await committed(store, order(1));
    await store.close();
    const head = told.at(-1);
    if (head === undefined) throw new Error('a head was told');
    expect(head.slice(0, 2)).toEqual(['main', 3]);
    const whole = await verifyDatabase({ file, expectedHeads: told });
    expect(whole).toMatchObject({ clean: true, expected: told.length });

    // Whoever cuts the tail puts heads.json of that time back too: the directory agrees with itself.
    rmSync(directory.path, { recursive: true });
    cpSync(earlier.path, directory.path, { recursive: true });
    earlier.remove();
    expect(await verifyDatabase({ file })).toMatchObject({ clean: true, remembered: 1 });
    expect(await verifyDatabase({ file, expectedHeads: told })).toMatchObject({
      clean: false,
      differences: { expected: 1 },
      difference:
        'branch main is expected to hold version 3, which is not there: the database was rolled back',
    });
    const forged: ExpectedHead = ['main', 2, 'f'.repeat(64)];
    expect((await verifyDatabase({ file, expectedHeads: [forged] })).difference).toContain(
      'with another hash: the database holds another history',
    );
  });
});
