/** Each check of verification notices the fault that it is there for, and names it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/store/verify/findings.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { writeDay } from '../support/store-day.js';
import { forgeEvent, rechain, verifyTampered, type Tamper } from '../support/tampered.js';

const PAGE_BYTES = 4096;
const directory = freshDirectory();

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

interface Case {
  readonly what: string;
  readonly tamper: Tamper | string;
  readonly check: Check;
  /** What the first difference says. */
  readonly says: RegExp;
}

function notices(cases: readonly Case[]): void {
  for (const { what, tamper, check, says } of cases) {
    test(`notices ${what}`, async () => {
      const report = await verifyTampered(
        directory.path,
        typeof tamper === 'string' ? (database) => void database.exec(tamper) : tamper,
      );
      expect(report.clean).toBe(false);
      expect(report.difference).toMatch(says);
      expect(report.differences[check]).toBeGreaterThan(0);
    });
  }
}

const HEADER = "branch_id = 'main' AND id = 'main-order-2'";

describe('S-VER-10 every row is what the events make of it, in every column', () => {
  notices([
    {
      what: 'an altered amount',
      tamper: `UPDATE order_header SET total = 1 WHERE ${HEADER}`,
      check: 'row',
      says: /^order_header main main-order-2: total is 1, the events say 1170 \(version 10\)$/,
    },
    {
      what: 'an altered text',
      tamper:
        "UPDATE order_line SET note = 'x' WHERE branch_id = 'main' AND id = 'main-order-5-line-1'",
      check: 'row',
      says: /^order_line main main-order-5-line-1: note is "x", the events say empty/,
    },
    {
      what: 'a commit version that is not the last one’s',
      tamper: `UPDATE order_header SET commit_version = 8 WHERE ${HEADER}`,
      check: 'row',
      says: /commit_version is 8, the events say 10/,
    },
    {
      what: 'altered JSON',
      tamper: `UPDATE menu_item SET names = '{}' WHERE branch_id = 'main' AND id = 'main-kebab'`,
      check: 'row',
      says: /^menu_item main main-kebab: names is "{}", the events say .*كباب/,
    },
    {
      what: 'a row that is gone',
      tamper: "DELETE FROM station WHERE branch_id = 'main' AND id = 'main-fry'",
      check: 'row',
      says: /^station main main-fry is missing: version 1 wrote it$/,
    },
    {
      what: 'a row that nobody wrote',
      tamper: `INSERT INTO staff (branch_id, id, name, role, active, version, commit_version)
        VALUES ('main', 'eve', 'Eve', 'admin', 1, 1, 1)`,
      check: 'row',
      says: /^staff main eve is there, but no event wrote it$/,
    },
    {
      what: 'an altered branch',
      tamper: "UPDATE branch SET zone = 'UTC' WHERE id = 'main'",
      check: 'row',
      says: /^branch main: zone is "UTC", the events say "Europe\/London"/,
    },
    {
      what: 'an altered payment',
      tamper: "UPDATE order_payment SET amount = 1 WHERE branch_id = 'main' AND kind = 'refund'",
      check: 'row',
      says: /^order_payment main main-order-1-back: amount is 1, the events say 300/,
    },
  ]);
});

describe('S-VER-11 status logs are what the events make of them', () => {
  notices([
    {
      what: 'an altered person',
      tamper:
        "UPDATE order_status_log SET by_staff = 'eve' WHERE branch_id = 'main' AND version = 1",
      check: 'log',
      says: /^order_status_log main main-order-1 1: by_staff is "eve", the events say "ada"/,
    },
    {
      what: 'a step that is gone',
      tamper: "DELETE FROM order_line_status_log WHERE branch_id = 'main' AND status = 'queued'",
      check: 'log',
      says: /^order_line_status_log main main-order-1-line-1 2 is missing: version 4 wrote it/,
    },
  ]);
});

describe('S-VER-12 I3 versions have no gap and I7 the chain is whole', () => {
  notices([
    {
      what: 'an altered actor',
      tamper: "UPDATE sync_event SET actor = 'eve' WHERE branch_id = 'main' AND version = 7",
      check: 'hash',
      says: /^event main 7 breaks the hash chain/,
    },
    {
      what: 'an altered change set',
      tamper: `UPDATE sync_event SET changes = replace(changes, '300', '301')
        WHERE branch_id = 'main' AND version = 7`,
      check: 'hash',
      says: /^event main 7 breaks the hash chain/,
    },
    {
      what: 'an event that is gone',
      tamper: "DELETE FROM sync_event WHERE branch_id = 'main' AND version = 5",
      check: 'version',
      says: /^event main 6 comes after version 4: events are missing$/,
    },
    {
      what: 'a forged chain that no longer ends at the head',
      tamper(database) {
        forgeEvent(7, '"cold"', '"warm"')(database);
        database.exec(
          "UPDATE order_payment SET reference = 'warm' WHERE reference = 'cold' AND branch_id = 'main'",
        );
        database.exec("UPDATE branch_head SET hash = zeroblob(32) WHERE branch_id = 'main'");
      },
      check: 'head',
      says: /^branch_head main has another hash than event 18$/,
    },
    {
      what: 'a tail that is gone',
      tamper: "DELETE FROM sync_event WHERE branch_id = 'main' AND version = 18",
      check: 'head',
      says: /is there, but no event wrote it$/,
    },
    {
      what: 'a horizon that is no version',
      tamper: "UPDATE branch_head SET horizon = 19 WHERE branch_id = 'main'",
      check: 'head',
      says: /^branch_head main has horizon 19, but the last event is 18$/,
    },
    {
      what: 'a head that is gone',
      tamper: "DELETE FROM branch_head WHERE branch_id = 'main'",
      check: 'head',
      says: /^branch_head main is missing/,
    },
    {
      what: 'a head without a history',
      tamper: "INSERT INTO branch_head VALUES ('ghost', 3, zeroblob(32), 0)",
      check: 'head',
      says: /^branch_head ghost is at version 3, but the branch has no event$/,
    },
  ]);
});

describe('S-VER-13 I5 I8 an event claims only what can be, even where its chain is forged', () => {
  notices([
    {
      what: 'a change on an old version',
      tamper: forgeEvent(5, '"version":3', '"version":2'),
      check: 'event',
      says: /^event main 5 \(kitchen.set_status\) takes order_header main-order-1 to version 2, but it is at version 2/,
    },
    {
      what: 'a change of what is not there',
      tamper: forgeEvent(5, '"main-order-1-line-1"', '"nothing"'),
      check: 'event',
      says: /^event main 5 .* takes order_line nothing to version 3, but it is not there$/,
    },
    {
      what: 'a row that comes twice',
      tamper: forgeEvent(16, '"main-out"', '"main-in"'),
      check: 'event',
      says: /^event main 16 .* inserts cash_movement main-in at version 1, which is there at version 1$/,
    },
    {
      what: 'a row of another branch',
      tamper: forgeEvent(16, '"branch_id":"main"', '"branch_id":"other"'),
      check: 'event',
      says: /^event main 16 .* writes cash_movement main-in of branch "other"$/,
    },
    {
      what: 'an unknown table',
      tamper: forgeEvent(16, '"cash_movement"', '"cash_box"'),
      check: 'event',
      says: /^event main 16 .* names the unknown table cash_box$/,
    },
    {
      what: 'an unknown column',
      tamper: forgeEvent(16, '"reason"', '"excuse"'),
      check: 'event',
      says: /^event main 16 .* sets the unknown column cash_movement.excuse$/,
    },
    {
      what: 'a change set that is none',
      tamper: forgeEvent(16, '{', '['),
      check: 'event',
      says: /^event main 16 .* holds no change set: /,
    },
  ]);
});

describe('S-VER-14 I1 each key answers the event that has it', () => {
  const KEY = "branch_id = 'main' AND key = 'main-4'";
  notices([
    {
      what: 'an answer that is gone',
      tamper: `DELETE FROM idempotency_request WHERE ${KEY}`,
      check: 'key',
      says: /^key main "main-4" has no answer: event 4 has that key$/,
    },
    {
      what: 'an answer of another version',
      tamper: `UPDATE idempotency_request SET version = 5 WHERE ${KEY}`,
      check: 'key',
      says: /^key main "main-4" answers version 5: event 4 has that key$/,
    },
    {
      what: 'an answer that names other records',
      tamper: `UPDATE idempotency_request SET result = replace(result, ':2', ':3') WHERE ${KEY}`,
      check: 'key',
      says: /^key main "main-4" has an answer that names other records than event 4 wrote$/,
    },
    {
      what: 'a key that no event has',
      tamper: `INSERT INTO idempotency_request
        SELECT branch_id, 'forged', request_hash, version, durability, result, at, expires_at
        FROM idempotency_request WHERE ${KEY}`,
      check: 'key',
      says: /^key main "forged" answers version 4 at \d+, but that event has key "main-4"/,
    },
    {
      what: 'one key with two effects',
      tamper(database) {
        database.exec(
          "UPDATE sync_event SET key = 'main-4' WHERE branch_id = 'main' AND version = 16",
        );
        rechain(database, 'main');
      },
      check: 'key',
      says: /^key main "main-4" answers version 4: event 16 has that key$/,
    },
  ]);
});

describe('S-VER-15 personal values agree with the hashes in the events, or are erased', () => {
  const ORDER = "branch_id = 'main' AND id = 'main-order-1'";
  notices([
    {
      what: 'another name',
      tamper: `UPDATE order_header SET customer_name = 'Eve' WHERE ${ORDER}`,
      check: 'row',
      says: /^order_header main main-order-1: customer_name is "Eve", the events say "sha256:/,
    },
    {
      what: 'a name erased without its salt',
      tamper: `UPDATE order_header SET customer_name = NULL WHERE ${ORDER}`,
      check: 'row',
      says: /customer_name is empty, the events say "sha256:/,
    },
    {
      what: 'a salt erased without its name',
      tamper: `DELETE FROM personal_salt WHERE ${ORDER}`,
      check: 'row',
      says: /customer_name is "Zoë Ark", the events say "sha256:/,
    },
    {
      what: 'a name in clear text in an event',
      tamper: forgeEvent(8, '"customer_name":null', '"customer_name":"Bob"'),
      check: 'personal',
      says: /^event main 8 \(order.open\) tells order_header main-order-2 customer_name in clear text$/,
    },
    {
      what: 'notes in clear text in an event',
      tamper: forgeEvent(8, '"note":null', '"note":"no salt"'),
      check: 'personal',
      says: /^event main 8 \(order.open\) tells order_header main-order-2 note in clear text$/,
    },
  ]);
});

describe('S-VER-16 the file itself is whole', () => {
  notices([
    {
      what: 'a row that refers to nothing',
      tamper: "DELETE FROM pos_shift WHERE branch_id = 'main' AND id = 'main-shift-2'",
      check: 'reference',
      says: /^pos_shift main main-shift-2 is missing/,
    },
    {
      what: 'a page overwritten',
      tamper(database) {
        const page = database
          .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'order_line_of_order'")
          .pluck()
          .get() as number;
        const { name } = database;
        database.close();
        const handle = openSync(name, 'r+');
        writeSync(handle, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES);
        closeSync(handle);
      },
      check: 'file',
      says: /^the file is damaged: /,
    },
  ]);
});

test('S-VER-17 all differences are counted, the first is told', async () => {
  const report = await verifyTampered(directory.path, (database) => {
    database.exec("UPDATE order_header SET note = 'x'; UPDATE cash_movement SET reason = 'y'");
  });
  expect(report.differences).toEqual({ row: 18 });
  expect(report.difference).toMatch(/^cash_movement main main-in: reason is "y"/);
});
