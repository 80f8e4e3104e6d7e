/** Archived orders and events are verified as if they stood in the database; whatever is wrong with a segment is named. */
import Database from 'better-sqlite3';
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { SegmentFile } from '../../src/store/archive/segment-file.js';
import type { Check } from '../../src/store/verify/findings.js';
import { verifyDatabase, type VerifyProgress } from '../../src/store/verify/verify-database.js';
import { archiveDay, EVENTS_SEGMENTS, ORDERS_SEGMENT, segmentFile } from '../support/archived.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { DAY_VERSIONS, writeDay } from '../support/store-day.js';
import { verifyTampered, type Tamper } from '../support/tampered.js';

const directory = freshDirectory();
const [FIRST, SECOND] = EVENTS_SEGMENTS;

beforeAll(async () => {
  const store = await openSqlite(directory.path);
  await store.load();
  await writeDay(store, 'main');
  await store.close();
  archiveDay(directory.path);
});

afterAll(() => {
  directory.remove();
});

interface Case {
  readonly what: string;
  readonly tamper: Tamper | string;
  readonly check: Check;
  /** The first difference. */
  readonly says: RegExp;
}

function notices(cases: readonly Case[]): void {
  for (const { what, tamper, check, says } of cases) {
    test(`notices ${what}`, async () => {
      const report = await verifyTampered(
        directory.path,
        typeof tamper === 'string' ? (database) => void database.exec(tamper) : tamper,
      );
      expect(report.difference).toMatch(says);
      expect(report.differences[check]).toBeGreaterThan(0);
    });
  }
}

function bringBack(database: Database.Database, file: SegmentFile, orderId: string): void {
  database.exec(`DELETE FROM archived_payment WHERE order_id = '${orderId}'`);
  database.exec(`DELETE FROM archived_order WHERE id = '${orderId}'`);
  for (const record of file.records() as Generator<Record<string, Record<string, unknown>[]>>) {
    if (record['order_header']?.[0]?.['id'] !== orderId) continue;
    for (const [table, rows] of Object.entries(record)) {
      for (const row of rows) {
        const names = Object.keys(row);
        const places = names.map(() => '?').join(', ');
        database
          .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`)
          .run(...Object.values(row));
      }
    }
  }
  file.close();
}

function flipBit(database: Database.Database, id: string, at: (bytes: number) => number): void {
  const path = segmentFile(database, id);
  const content = readFileSync(path);
  const place = at(content.length);
  content[place] = (content[place] ?? 0) ^ 4;
  writeFileSync(path, content);
}

test('S-PROOF-6 archived orders and events are as clean as before they were moved', async () => {
  const report = await verifyDatabase({ file: join(directory.path, DATABASE_NAME) });
  expect(report).toMatchObject({ clean: true, difference: null, differences: {}, segments: 3 });
  expect(report).toMatchObject({ events: DAY_VERSIONS, rows: 30 + 9 + 9 });
});

describe('S-PROOF-11 an archive that moves on while it is verified', () => {
  /** Verifies a copy at which `meanwhile` is done once the first look, or each, is at its moment. */
  async function verifyWhile(meanwhile: (database: Database.Database, look: number) => void) {
    const copy = freshDirectory();
    cpSync(directory.path, copy.path, { recursive: true });
    const file = join(copy.path, DATABASE_NAME);
    const database = new Database(file);
    database.pragma('foreign_keys = OFF');
    let looks = 0;
    try {
      const onProgress = ({ step, done }: VerifyProgress): void => {
        if (step === 'file' && done === 1) meanwhile(database, (looks += 1));
      };
      return { report: await verifyDatabase({ file, onProgress }), looks };
    } finally {
      database.close();
      copy.remove();
    }
  }

  test('is verified at a later moment: a segment of orders that was retired is no difference', async () => {
    const { report, looks } = await verifyWhile((database, look) => {
      if (look > 1) return;
      const archived = database.prepare('SELECT id FROM archived_order').pluck().all() as string[];
      for (const orderId of archived) {
        bringBack(database, SegmentFile.open(segmentFile(database, ORDERS_SEGMENT)), orderId);
      }
      database.prepare('DELETE FROM archive_segment WHERE id = ?').run(ORDERS_SEGMENT);
      rmSync(segmentFile(database, ORDERS_SEGMENT));
    });
    expect(report).toMatchObject({ clean: true, difference: null, segments: 2 });
    expect(looks).toBe(2);
  });

  test('is given up where it never stands still', async () => {
    const replaced = verifyWhile((database, look) => {
      rmSync(segmentFile(database, SECOND), { force: true });
      const sha256 = String(look).repeat(64);
      database.prepare('UPDATE archive_segment SET sha256 = ? WHERE id = ?').run(sha256, SECOND);
    });
    await expect(replaced).rejects.toThrow(
      /^verify .*: 5 times the archive moved on while archive\/segment-events-2.segment was read; run it again/,
    );
  });
});

describe('S-PROOF-7 each segment is the file that was written', () => {
  const orders = new RegExp(`^segment main ${ORDERS_SEGMENT}: archive/${ORDERS_SEGMENT}.segment `);
  const named = (says: string): RegExp => new RegExp(orders.source + says);
  notices([
    {
      what: 'one that is missing',
      tamper: (database) => {
        rmSync(segmentFile(database, ORDERS_SEGMENT));
      },
      check: 'segment',
      says: named('is missing$'),
    },
    {
      what: 'one of events that is missing',
      tamper: (database) => {
        rmSync(segmentFile(database, SECOND));
      },
      check: 'segment',
      says: /segment-events-2.segment is missing$/,
    },
    {
      what: 'one that was swapped',
      tamper: (database) => {
        cpSync(segmentFile(database, FIRST), segmentFile(database, SECOND));
      },
      check: 'segment',
      says: /segment-events-2.segment is segment "segment-events-1" of "events" of branch "main"$/,
    },
    {
      what: 'one that was cut',
      tamper: (database) => {
        truncateSync(segmentFile(database, ORDERS_SEGMENT), 700);
      },
      check: 'segment',
      says: named('was cut'),
    },
    {
      what: 'a bit in a block',
      tamper: (database) => {
        flipBit(database, ORDERS_SEGMENT, () => 60);
      },
      check: 'segment',
      says: named('has a damaged block 0$'),
    },
    {
      what: 'a bit in the footer',
      tamper: (database) => {
        flipBit(database, ORDERS_SEGMENT, (bytes) => bytes - 100);
      },
      check: 'segment',
      says: named('was cut, or its footer is damaged$'),
    },
    {
      what: 'a bit in the last checksum',
      tamper: (database) => {
        flipBit(database, ORDERS_SEGMENT, (bytes) => bytes - 1);
      },
      check: 'segment',
      says: named('has another checksum than it says$'),
    },
    {
      what: 'an older one, of other blocks',
      tamper: "UPDATE archive_segment SET blocks = '[]' WHERE kind = 'orders'",
      check: 'segment',
      says: named('is another file than the one that was written$'),
    },
    {
      what: 'another catalogue',
      tamper: `UPDATE archive_segment SET sha256 = '${'0'.repeat(64)}' WHERE kind = 'orders'`,
      check: 'segment',
      says: named('has another checksum than the catalogue says$'),
    },
  ]);
});

describe('S-PROOF-8 an archived order is in one place, indexed as its row says, with every payment', () => {
  notices([
    {
      what: 'an index that says otherwise',
      tamper: "UPDATE archived_order SET number = 99 WHERE id = 'main-order-1'",
      check: 'archive',
      says: /^archived_order main main-order-1: number is 99, its row says 1$/,
    },
    {
      what: 'another block',
      tamper: "UPDATE archived_order SET block = 3 WHERE id = 'main-order-1'",
      check: 'archive',
      says: /block is 3, it lies in 0 of segment/,
    },
    {
      what: 'an order that no segment holds',
      tamper: `INSERT INTO archived_order SELECT branch_id, 'ghost', segment_id, block, shift_id, business_date,
        77, table_no, status, opened_at FROM archived_order LIMIT 1`,
      check: 'archive',
      says: /^archived_order main ghost is not in segment/,
    },
    {
      what: 'an order that is forgotten',
      tamper: "DELETE FROM archived_order WHERE id = 'main-order-2'",
      check: 'row',
      says: /^archived_payment main main-order-2-pay names a payment that order main-order-2 does not/,
    },
    {
      what: 'a payment that is not indexed',
      tamper: "DELETE FROM archived_payment WHERE id = 'main-order-1-pay'",
      check: 'archive',
      says: /^archived_payment main main-order-1-pay is not indexed/,
    },
    {
      what: 'an order that is in the database too',
      tamper: `INSERT INTO order_header SELECT branch_id, 'main-order-1', shift_id, business_date, 88, order_type,
        table_no, guests, customer_name, note, priority, status, payment_status, stations, subtotal, discount,
        service_charge, tax, rounding, total, paid, tip, opened_by, device_id, merged_into, split_from, void_reason,
        opened_at, sent_at, ready_at, closed_at, updated_at, version, reopen_reason, commit_version
        FROM order_header LIMIT 1`,
      check: 'archive',
      says: /^archived_order main main-order-1 is in the database too, though segment .* is done$/,
    },
    {
      what: 'a chain that does not fit the catalogue',
      tamper: "UPDATE archive_segment SET hash_after = zeroblob(32) WHERE id = 'segment-events-1'",
      check: 'segment',
      says: /^segment main segment-events-1 ends at another hash of the chain than the catalogue says$/,
    },
  ]);

  test('an order that was brought back is read from the database, not from the copy that it left', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      const path = segmentFile(database, ORDERS_SEGMENT);
      bringBack(database, SegmentFile.open(path), 'main-order-1');
    });
    expect(report).toMatchObject({ clean: true, differences: {} });
  });

  test('an order on its way out of the database is accepted in both places', async () => {
    const report = await verifyTampered(directory.path, (database) => {
      database.exec(`UPDATE archive_segment SET state = 'moved' WHERE kind = 'orders'`);
      database.exec(
        `INSERT INTO order_status_log VALUES ('main', 'main-order-1', 1, 'open', 0, 'x', 'x', 3)`,
      );
    });
    expect(report).toMatchObject({ clean: true });
  });
});
