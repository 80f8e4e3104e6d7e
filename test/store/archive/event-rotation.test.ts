/** Events that went into segments: all that is told of the past stays as it was, whatever step the rotation is at. */
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MenuItem } from '../../../src/domain/rows.js';
import type { Store } from '../../../src/store/port.js';
import { PastStory, STEP_MS, toldPast } from '../../support/past-story.js';
import { Random } from '../../support/random-traffic/random.js';
import { rotate, storedEvents } from '../../support/rotation.js';
import { NOON } from '../../support/rows.js';
import { seedsToRun } from '../../support/seeds.js';
import { freshDirectory, openSqlite } from '../../support/sqlite-store.js';
import {
  commit,
  committed,
  inserted,
  orderRequest,
  request,
  seedIds,
} from '../../support/store.js';

/** A store's start on a busy machine takes seconds. */
vi.setConfig({ testTimeout: 60_000 });

let directory: string;
let parent: string;
let remove: () => void;
let store: Store;

beforeEach(async () => {
  ({ path: directory, remove } = freshDirectory());
  parent = join(directory, '..');
  store = await openSqlite(directory);
});

afterEach(async () => {
  await store.close();
  remove();
});

/** Moves what was committed before this version. */
const upTo = (version: number) => ({
  ...{ before: NOON + (version - 1) * STEP_MS, segmentId: `before-${String(version)}` },
  ...{ eventsMin: 1, eventsMax: 10_000 },
});

const segment = (version: number) =>
  join(directory, 'archive', `before-${String(version)}.segment`);

/** By S-CHAIN-1, reckoned here; fails where the chain is not whole, or a version is lost or doubled. */
function followChain(events: readonly unknown[][], versions: number): void {
  let before = '0'.repeat(64);
  for (const [index, event] of events.entries()) {
    const [version, at, actor, device, command, key, correlationId, changes, hash] = event;
    expect(version).toBe(index + 1);
    const fields = ['main', version, at, actor, device, command, key, correlationId];
    const text = `${before}\n${JSON.stringify(fields)}\n${String(changes)}`;
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    before = String(hash);
  }
  expect(events).toHaveLength(versions);
}

/** What a copy of the closed store tells in which all events stand in the table again. */
async function toldUnrotated(story: PastStory): Promise<string[]> {
  const copy = join(parent, 'unrotated');
  cpSync(directory, copy, { recursive: true });
  const events = storedEvents(directory);
  const database = new Database(join(copy, 'expeditor.db'));
  database.exec(
    `DELETE FROM archive_segment; DROP TRIGGER sync_event_no_delete; DELETE FROM sync_event;`,
  );
  const insert = database.prepare(
    `INSERT INTO sync_event VALUES ('main', ?, ?, ?, ?, ?, ?, ?, ?, unhex(?))`,
  );
  for (const event of events) insert.run(...event);
  database.close();
  const unrotated = await openSqlite(copy);
  try {
    return await toldPast(unrotated, story);
  } finally {
    await unrotated.close();
  }
}

describe('S-ROT-1 what is told of the past is the same wherever its events are', () => {
  test.each(seedsToRun(2))(
    'cut at random versions, seed %i',
    async (seed) => {
      const random = new Random(seed);
      const story = await PastStory.begin(store, random);
      await story.go(100);
      const told = await toldPast(store, story);
      for (let cut = 1; cut < story.version;) {
        cut += random.whole(10, 90);
        await rotate(directory, { ...upTo(cut), eventsMax: random.whole(1, 200) });
        expect(await toldPast(store, story)).toEqual(told);
        followChain(storedEvents(directory), story.version);
      }
      await store.close();
      store = await openSqlite(directory);
      expect(await toldPast(store, story)).toEqual(told);
    },
    60_000,
  );

  test('also of archived orders, whose rows went too', async () => {
    const story = await PastStory.begin(store, new Random(7));
    await story.go(260);
    await story.end();
    const told = await toldPast(store, story);
    await store.upkeep?.archive({ closedBefore: NOON + 1_000_000_000 });
    const kinds = (await store.upkeep?.segments())?.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['orders', 'events']));
    expect(await toldPast(store, story)).toEqual(told);
    followChain(storedEvents(directory), story.version);
    await store.close();
    store = await openSqlite(directory);
    expect(await toldPast(store, story)).toEqual(told);
  });
});

describe('S-ROT-2 commits and readers go on while events move', () => {
  test.each(seedsToRun(2))('under load at every step, seed %i', async (seed) => {
    const random = new Random(seed);
    const story = await PastStory.begin(store, random);
    await story.go(60);
    const known = { orders: [], version: story.version };
    const audit = await toldPast(store, known);
    const reading: Promise<string[]>[] = [];
    for (const part of [0.2, 0.9]) {
      await rotate(directory, {
        ...upTo(Math.floor(story.version * part)),
        onStep: async () => {
          // Begun before the step after this one, and ended after it.
          reading.push(toldPast(store, known));
          await story.go(random.whole(0, 6));
        },
      });
      followChain(storedEvents(directory), story.version);
    }
    for (const read of await Promise.all(reading)) expect(read).toEqual(audit);
    const told = await toldPast(store, story);
    await store.close();
    expect(told).toEqual(await toldUnrotated(story));
  });
});

describe('S-ROT-3 a stop after any step of a rotation', () => {
  test('does not lose the event log when the power fails in the middle of a rotation', async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(60);
    const told = await toldPast(store, story);
    const stops: string[] = [];
    const stop = (name: string) => {
      const copy = join(parent, `stop-${String(stops.length)}-${name}`);
      cpSync(directory, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
      rmSync(join(copy, 'lock'), { force: true });
      stops.push(copy);
    };
    await rotate(directory, { ...upTo(40), onStep: stop });
    expect(stops.map((copy) => copy.split('-').at(-1))).toEqual(
      expect.arrayContaining(['marked', 'written', 'named', 'moved', 'deleted']),
    );
    for (const copy of stops) {
      const after = await openSqlite(copy);
      try {
        followChain(storedEvents(copy), story.version);
        expect(await toldPast(after, story), copy).toEqual(told);
        await rotate(copy, { ...upTo(50), segmentId: 'again' });
        followChain(storedEvents(copy), story.version);
        expect(await toldPast(after, story), copy).toEqual(told);
      } finally {
        await after.close();
      }
    }
  });
});

describe('S-ROT-4 a head that is remembered outside is found in its segment', () => {
  test('and one that is not on the chain is not', async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(20);
    await store.close();
    const heads = join(directory, 'heads.json');
    const remembered = readFileSync(heads, 'utf8');
    store = await openSqlite(directory);
    for (let number = 100; number < 120; number += 1) {
      await committed(store, orderRequest('main', { orderId: `o${String(number)}`, number }));
    }
    await store.close();
    await rotate(directory, { ...upTo(30), before: NOON + 1_000_000 });
    writeFileSync(heads, remembered);
    store = await openSqlite(directory);
    await store.close();
    writeFileSync(heads, remembered.replace(/[0-9a-f]{64}/, 'f'.repeat(64)));
    const refused = await openSqlite(directory).catch((error: unknown) => String(error));
    expect(refused).toContain('branch main holds another version 22 than the one remembered');
  });
});

describe('S-ROT-5 a segment that is not the one that was written', () => {
  const line = (reason: string, version: number, events: string) =>
    `StoreOpenError: open ${segment(version)}: ${reason}, and holds events ${events} of branch main; ` +
    'put that file back from a backup, or restore the whole directory';

  beforeEach(async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(40);
    await store.close();
    await rotate(directory, upTo(11));
    await rotate(directory, upTo(31));
  });

  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };

  test.each([
    [
      'missing',
      () => {
        rmSync(segment(11));
      },
      () => line('it is missing', 11, '1 to 10'),
    ],
    [
      'cut',
      () => {
        writeFileSync(segment(31), readFileSync(segment(31)).subarray(0, 500));
      },
      (bytes: number) => line(`it has 500 bytes instead of ${String(bytes)}`, 31, '11 to 30'),
    ],
    [
      'altered',
      () => {
        flip(segment(11));
      },
      () => line('it is not the file that was written (its checksum is another)', 11, '1 to 10'),
    ],
  ] as const)('refuses the start where it is %s', async (_, damage, wanted) => {
    const { length } = readFileSync(segment(31));
    damage();
    const refused = await openSqlite(directory).catch((error: unknown) => String(error));
    expect(refused).toBe(wanted(length));
    store = await openSqlite(join(parent, 'other'));
  });

  test('is never read: not the order’s history, not the audit list', async () => {
    store = await openSqlite(directory);
    const page = { after: { version: 0 }, limit: 100 };
    expect(await store.orderHistory('main', 'order-1', page)).toMatchObject({ kind: 'told' });
    await store.close();
    store = await openSqlite(directory);
    copyFileSync(segment(31), segment(11));
    const reason =
      /before-11\.segment: its bytes from 23 on are not those that were written; put the file back/;
    await expect(store.orderHistory('main', 'order-1', page)).rejects.toThrow(reason);
    await expect(store.audit('main', { cursor: '5' })).rejects.toThrow(reason);
    expect((await store.audit('main', { cursor: '30', limit: 10 })).entries).toHaveLength(10);
  });
});

describe('S-ROT-6 what moves', () => {
  test('are events older than wanted, enough of them, never the newest', async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(28);
    expect(await rotate(directory, { ...upTo(11), eventsMin: 11 })).toBeNull();
    expect((await rotate(directory, upTo(11)))?.range).toMatchObject({ first: 1, last: 10 });
    expect((await rotate(directory, { ...upTo(100), eventsMax: 5 }))?.range).toMatchObject({
      ...{ first: 11, last: 15 },
    });
    const rest = { ...upTo(101), before: Number.MAX_SAFE_INTEGER };
    expect((await rotate(directory, rest))?.range).toMatchObject({ first: 16, last: 29 });
    expect(await rotate(directory, { ...rest, segmentId: 'more' })).toBeNull();
  });

  test('are fewer where the oldest is a week older than wanted, but no handful', async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(254);
    const old = NOON + 7 * 86_400_000;
    const few = { ...upTo(1), eventsMin: 5_000 };
    expect(await rotate(directory, { ...few, before: old + 1 })).toBeNull();
    await story.go(1);
    expect(await rotate(directory, { ...few, before: old })).toBeNull();
    const range = { first: 1, last: 256 };
    expect(await rotate(directory, { ...few, before: old + 1 })).toMatchObject({ range });
  });

  test.each([
    [
      `UPDATE sync_event SET actor = 'eve' WHERE version = 5`,
      /event 5 of branch main breaks the hash chain/,
    ],
    ['DELETE FROM sync_event WHERE version = 5', /branch main lacks events between 1 and 10/],
  ])('is a whole chain only: %s', async (sql, reason) => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(28);
    const database = new Database(join(directory, 'expeditor.db'));
    database.exec('DROP TRIGGER sync_event_no_update; DROP TRIGGER sync_event_no_delete');
    database.exec(sql);
    database.close();
    await expect(rotate(directory, upTo(11))).rejects.toThrow(reason);
  });
});

describe('S-ROT-7 a row whose event went into a segment', () => {
  test('is known to be a commit’s, and not taken over as another program’s new one', async () => {
    const story = await PastStory.begin(store, new Random(1));
    await story.go(20);
    await rotate(directory, upTo(11));
    const { kebab } = seedIds('main');
    const [stored] = await store.stored('main', { menu_item: [kebab] });
    const row = stored?.row as MenuItem;
    const adopts = { found: [{ table: 'menu_item', row }], restored: [] } as const;
    const wanted = request('main', [inserted('menu_item', row)], { key: null, adopts });
    expect(await commit(store, wanted)).toEqual({ kind: 'exists', table: 'menu_item', id: kebab });
  });
});
