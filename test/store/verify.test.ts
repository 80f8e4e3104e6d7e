/** Verification of databases that are as they should be, and its report. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase, type VerifyProgress } from '../../src/store/verify/verify-database.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { DAY_VERSIONS, openBook, openOrder, writeDay } from '../support/store-day.js';
import { forgeEvent, verifyTampered } from '../support/tampered.js';

const directory = freshDirectory();
const file = join(directory.path, DATABASE_NAME);
const CLEAN = { clean: true, difference: null, differences: {}, erased: 0 };

beforeAll(async () => {
  const store = await openSqlite(directory.path);
  await store.load();
  await writeDay(store, 'main');
  await writeDay(store, 'other');
  await store.close();
});

afterAll(() => {
  directory.remove();
});

describe('verify', () => {
  test('S-VER-1 I6 a database that was made through the port is clean, and all of it was looked at', async () => {
    const report = await verifyDatabase({ file });
    // Each branch: 7 of the seed, 2 shifts, 6 headers, 7 lines, 3 payments, 2 adjustments, 3 movements; logs beside.
    expect(report).toMatchObject({ ...CLEAN, branches: 2, events: 2 * DAY_VERSIONS });
    expect(report.rows).toBe(2 * (30 + 9 + 9));
  });

  test('S-VER-2 it reads one snapshot beside a running hub, and writes nothing', async () => {
    const { path, remove } = freshDirectory();
    const store = await openSqlite(path);
    await store.load();
    const book = await openBook(store, 'main');
    const writing = (async () => {
      for (let number = 1; number <= 50; number += 1) await openOrder(book, number);
    })();
    const events: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const report = await verifyDatabase({ file: join(path, DATABASE_NAME) });
      expect(report).toMatchObject(CLEAN);
      events.push(report.events);
    }
    await writing;
    const last = await verifyDatabase({ file: join(path, DATABASE_NAME) });
    expect(last).toMatchObject({ ...CLEAN, events: 52 });
    expect(events).toEqual([...events].sort((a, b) => a - b));
    await store.close();
    remove();
  });

  test('S-VER-7 it reads what a killed hub left, its log not yet in the file', async () => {
    const { path, remove } = freshDirectory();
    const store = await openSqlite(path);
    await store.load();
    await openOrder(await openBook(store, 'main'), 1);
    const left = freshDirectory();
    mkdirSync(left.path);
    for (const name of [DATABASE_NAME, `${DATABASE_NAME}-wal`]) {
      cpSync(join(path, name), join(left.path, name));
    }
    const report = await verifyDatabase({ file: join(left.path, DATABASE_NAME) });
    expect(report).toMatchObject({ ...CLEAN, events: 3 });
    await store.close();
    remove();
    left.remove();
  });

  test('S-VER-3 it tells how far it is', async () => {
    const heard: VerifyProgress[] = [];
    await verifyDatabase({ file, onProgress: (progress) => heard.push(progress) });
    expect(
      heard.map(({ step }) => step).filter((step, index, all) => step !== all[index - 1]),
    ).toEqual(['file', 'events', 'rows', 'money', 'reports']);
    expect(heard.findLast(({ step }) => step === 'events')).toMatchObject({ done: 36, total: 36 });
  });

  test('S-VER-4 what is no hub’s database is refused in one line that names it', async () => {
    const missing = join(directory.path, 'no such file');
    const refused = { name: 'StoreOpenError', operation: 'verify', path: missing };
    await expect(verifyDatabase({ file: missing })).rejects.toMatchObject(refused);
    await expect(verifyDatabase({ file: missing })).rejects.toThrow(/verify .*no such file: .*hub/);
    const other = join(directory.path, 'other.db');
    writeFileSync(
      other,
      'this is a text, and a long one at that: it fills more than a hundred bytes. '.repeat(9),
    );
    await expect(verifyDatabase({ file: other })).rejects.toThrow(/not a database/);
    rmSync(other);
  });

  test('S-VER-5 an erased person is accepted and counted', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      database.exec("UPDATE order_header SET customer_name = NULL WHERE id = 'main-order-1'");
      database.exec("DELETE FROM personal_salt WHERE id = 'main-order-1'");
    });
    expect(report).toMatchObject({ ...CLEAN, erased: 1 });
  });

  test('S-VER-15 a note in clear text is accepted and counted up to the version at which notes began to be hashed', async () => {
    const told = (until: string | null) =>
      verifyTampered(directory.path, (database) => {
        database.exec("UPDATE order_header SET note = 'x' WHERE id = 'main-order-2'");
        database.exec("UPDATE order_line SET note = 'x' WHERE id = 'main-order-2-line-1'");
        database
          .prepare("UPDATE meta SET value = ? WHERE name = 'clear_notes_until'")
          .run(until ?? '{}');
        if (until === null) database.exec("DELETE FROM meta WHERE name = 'clear_notes_until'");
        forgeEvent(8, '"note":null', '"note":"x"')(database);
      });
    // The forged chain does not hold the heads that were remembered.
    const remembered = 1;
    for (const until of ['{"main":8}', null]) {
      const { clear, differences } = await told(until);
      expect({ clear, differences }).toEqual({ clear: 2, differences: { remembered } });
    }
    for (const until of ['{}', '{"main":7,"other":8}']) {
      const { clear, differences } = await told(until);
      expect({ clear, differences }).toEqual({
        clear: 0,
        differences: { personal: 2, remembered },
      });
    }
  });

  test('S-VER-6 keys whose time has passed may be gone', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      database.exec(
        "UPDATE sync_event SET at = at - 604800000 WHERE branch_id = 'main' AND version = 3",
      );
      database.exec("DELETE FROM idempotency_request WHERE branch_id = 'main' AND version = 3");
    });
    expect(report.differences).not.toHaveProperty('key');
  });
});
