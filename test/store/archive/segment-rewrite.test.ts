/** A segment is written anew without an erased order; a stop at any step is finished or undone by the next start. */
import Database from 'better-sqlite3';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SegmentFile } from '../../../src/store/archive/segment-file.js';
import type { Store } from '../../../src/store/port.js';
import { DATABASE_NAME } from '../../../src/store/sqlite/open.js';
import type { Upkeep } from '../../../src/store/upkeep.js';
import { verifyDatabase } from '../../../src/store/verify/verify-database.js';
import { textsIn } from '../../support/bytes.js';
import { NOON } from '../../support/rows.js';
import { freshDirectory, openSqlite } from '../../support/sqlite-store.js';
import { writeDay } from '../../support/store-day.js';

const ID = 'main-order-1';
/** After the erasing commit, before the file was touched; and after all of it. */
const before = freshDirectory();
const after = freshDirectory();
const scratch = freshDirectory();
/** Names of the segment before and after. */
let old: string;
let fresh: string;

function upkeepOf(store: Store): Upkeep {
  if (store.upkeep === null) throw new Error('SQLite keeps an archive');
  return store.upkeep;
}

const segmentsIn = (path: string) =>
  readdirSync(join(path, 'archive')).filter((name) => name.includes('segment'));

beforeAll(async () => {
  const store = await openSqlite(before.path);
  const book = await writeDay(store, 'main');
  await upkeepOf(store).archive({ closedBefore: NOON + 3_600_000 });
  expect(await store.thaw('main', ID)).toBe(true);
  const values = [{ table: 'order_header', id: ID, column: 'customer_name' }] as const;
  await book.write('erase', [book.set('order_header', ID, { customer_name: null })], {
    secrets: [{ kind: 'personal_erased', values }],
  });
  await store.close();
  cpSync(before.path, after.path, { recursive: true });
  [old = ''] = segmentsIn(before.path);
  const again = await openSqlite(after.path);
  await upkeepOf(again).dropCopies();
  await again.close();
  [fresh = ''] = segmentsIn(after.path);
});

afterAll(() => {
  for (const { remove } of [before, after, scratch]) remove();
});

const idOf = (name: string) => name.replace('.segment', '');

function alter(change: (database: Database.Database) => void): void {
  const database = new Database(join(scratch.path, DATABASE_NAME));
  database.pragma('foreign_keys = OFF');
  change(database);
  database.close();
}

/** The marker that a run leaves for a file which a start takes away. */
function mark(name: string): void {
  alter((database) => {
    database
      .prepare(
        `INSERT INTO archive_segment (branch_id, id, kind, state, shift_id, at)
         VALUES ('main', ?, 'orders', 'writing', 'main-shift-1', 0)`,
      )
      .run(idOf(name));
  });
}

const take = (from: string, name: string, as = name) => {
  cpSync(join(from, 'archive', name), join(scratch.path, 'archive', as));
};

interface Stop {
  readonly when: string;
  readonly from: () => string;
  readonly make: () => void;
}

const STOPS: readonly Stop[] = [
  { when: 'before anything', from: () => before.path, make: () => undefined },
  { when: 'behind the new file’s mark', from: () => before.path, make: () => mark(fresh) },
  {
    when: 'in the new file',
    from: () => before.path,
    make() {
      mark(fresh);
      take(after.path, fresh, `${fresh}.new`);
      const path = join(scratch.path, 'archive', `${fresh}.new`);
      writeFileSync(path, readFileSync(path).subarray(0, 90));
    },
  },
  {
    when: 'behind its rename',
    from: () => before.path,
    make() {
      mark(fresh);
      take(after.path, fresh);
    },
  },
  {
    when: 'behind the switch',
    from: () => after.path,
    make() {
      mark(old);
      take(before.path, old);
    },
  },
  { when: 'behind the old file’s end', from: () => after.path, make: () => mark(old) },
];

describe('S-ERASE-4 a stop', () => {
  test.each(STOPS)('$when is finished by the next start', async ({ from, make }) => {
    rmSync(scratch.path, { recursive: true, force: true });
    cpSync(from(), scratch.path, { recursive: true });
    make();
    const store = await openSqlite(scratch.path);
    // Behind what the start itself has begun.
    await upkeepOf(store).archive({ closedBefore: 0 });
    expect(await store.order('main', ID)).toMatchObject({ header: { customer_name: null } });
    expect(await store.order('main', 'main-order-2')).toMatchObject({ header: { number: 2 } });
    const segments = await upkeepOf(store).segments();
    expect(segments).toMatchObject([{ state: 'done', archived: 2, records: 2 }]);
    await store.close();
    const names = segmentsIn(scratch.path);
    expect(names).toEqual([`${segments[0]?.segmentId ?? ''}.segment`]);
    const file = SegmentFile.open(join(scratch.path, 'archive', names[0] ?? ''));
    expect(JSON.stringify([...file.records()])).not.toContain(ID);
    file.close();
    expect(textsIn(scratch.path, ['Zoë Ark'])).toEqual([]);
    const report = await verifyDatabase({ file: join(scratch.path, DATABASE_NAME) });
    expect(report).toMatchObject({ clean: true, difference: null });
  });
});

test('S-ERASE-5 a file that cannot be read is kept, and the next run tries again', async () => {
  rmSync(scratch.path, { recursive: true, force: true });
  cpSync(after.path, scratch.path, { recursive: true });
  const path = join(scratch.path, 'archive', fresh);
  const bytes = readFileSync(path);
  const damaged = Buffer.from(bytes);
  damaged[60] = (damaged[60] ?? 0) ^ 1;
  const store = await openSqlite(scratch.path);
  expect(await store.thaw('main', 'main-order-2')).toBe(true);
  writeFileSync(path, damaged);
  await expect(upkeepOf(store).dropCopies()).rejects.toThrow(/checksum is wrong/);
  expect(readFileSync(path)).toEqual(damaged);
  writeFileSync(path, bytes);
  await upkeepOf(store).dropCopies();
  expect(await store.order('main', 'main-order-2')).toMatchObject({ header: { number: 2 } });
  expect(await upkeepOf(store).segments()).toMatchObject([{ archived: 1, records: 1 }]);
  await store.close();
  expect(segmentsIn(scratch.path)).toHaveLength(1);
});
