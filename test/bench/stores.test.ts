/** What the bench compares is held to what it stands for: the peer is a store, and the four kitchens are one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openReader } from '#dist/store/sqlite/database.js';
import { HotBranch } from '#dist/store/hot/hot-branch.js';
import { SqlKitchen } from '../../bench/peers/sql-kitchen.js';
import { SqlStore } from '../../bench/peers/sql-store.js';
import { canonicalTickets, hotKitchen, scannedKitchen } from '../../bench/stores/kitchen.js';
import { BRANCH, fillStore, makeDay } from '../../bench/stores/made-day.js';
import { withReads } from '../../bench/stores/engines.js';

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'expeditor-bench-test-'));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the stores that the bench compares', () => {
  it('shows the same tickets from memory, by SQL and from a history', () =>
    inDirectory(async (directory) => {
      const day = await makeDay(20, 3);
      const path = join(directory, 'day.db');
      const store = new SqlStore(path);
      await fillStore(store, day);
      const [loaded] = await store.load();
      if (loaded === undefined) throw new Error(`${BRANCH} is there`);
      const hot = new HotBranch(loaded);
      const reader = openReader({ path, durability: 'full', mmapBytes: 0 });
      const expected = canonicalTickets(hotKitchen(hot, null));
      const history = day.orders.flatMap(({ updates }) => updates);
      expect(hotKitchen(hot, null).order_header).toHaveLength(3);
      expect(history).toHaveLength(100);
      expect(canonicalTickets(scannedKitchen(history))).toBe(expected);
      for (const how of ['indexed', 'scanning'] as const) {
        const kitchen = new SqlKitchen(reader, how);
        expect(canonicalTickets(kitchen.tickets(null))).toBe(expected);
        expect(canonicalTickets(kitchen.tickets('grill'))).toBe(
          canonicalTickets(hotKitchen(hot, 'grill')),
        );
      }
      reader.close();
      await store.close();
    }));

  it('reads an order alike with and without hot Maps', () =>
    inDirectory(async (directory) => {
      const day = await makeDay(5, 2);
      const sql = new SqlStore(join(directory, 'day.db'));
      await fillStore(sql, day);
      const hot = new HotBranch((await sql.load())[0] ?? day.ground);
      const reading = await withReads(sql);
      for (const { id } of day.orders) {
        expect(await reading.aggregate(BRANCH, id)).toEqual(hot.orders.get(id));
      }
      await sql.close();
    }));
});
