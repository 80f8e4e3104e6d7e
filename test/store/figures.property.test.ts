/**
 * Each figure, hot, frozen and in every summary, is what a naive fold of all events comes to, to the cent, over random weeks.
 * `SEED=7` runs one, `SEEDS=200` many.
 */
import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { APPLICATION_ID } from '../../src/store/migrations/application-id.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import { sumOf } from '../support/checkers/naive-figures.js';
import { storedFindings, weeks } from '../support/figure-weeks.js';
import { seedsToRun } from '../support/seeds.js';

describe('R-FIG-11 every figure is what a naive fold of all events comes to', () => {
  test.each(seedsToRun(4))(
    'R-FIG-11 I6 hot, frozen, and summed up by shift, day, month and any range (seed %i)',
    (seed) => {
      const { database, naive, findings } = weeks(seed);
      expect(findings, `SEED=${String(seed)}`).toEqual([]);
      expect(storedFindings(database, naive.ended, seed), `SEED=${String(seed)}`).toEqual([]);
      database.close();
    },
    30_000,
  );

  test('R-FIG-11 the weeks hold all that reports tell of', () => {
    const runs = [weeks(1), weeks(2)];
    const facts = sumOf(runs.flatMap(({ naive }) => naive.ended.map((shift) => shift.facts)));
    const kinds = new Set(
      [...facts.keys()].map((path) => path.replace(/ \{.*\}/, '').replace(/ \d+$/, '')),
    );
    for (const kind of SHOWN) expect(kinds, kind).toContain(kind);
    for (const { commands } of runs) {
      expect([...commands.keys()]).toEqual(expect.arrayContaining(MOVES));
    }
  });
});

const MOVES = [
  'shift.close',
  'shift.handover',
  'order.split',
  'order.merge',
  'order.reopen',
  'order.void',
];
const SHOWN = [
  ...[' guests', ' corrections', ' no_sales', ' cooked', ' rounding', ' service_charge'],
  ...[
    'comps amount',
    'discounts amount',
    'voids amount',
    'late amount',
    'tips amount',
    'taxes tax',
  ],
  ...[
    'payments refunded',
    'kitchen recalls',
    'kitchen queue',
    'kitchen preparation',
    'kitchen to_ready',
  ],
  ...['drawer drops', 'drawer over_short', 'by_item total', 'by_station qty', 'by_hour orders'],
];

/** The same rows in a file as a program of version 2 left it. */
function asVersion2(newer: Database.Database): Database.Database {
  const older = new Database(':memory:');
  older.pragma('foreign_keys = OFF');
  older.exec(readFileSync(new URL('schemas/version-2.sql', import.meta.url), 'utf8'));
  older.pragma(`application_id = ${String(APPLICATION_ID)}`);
  older.pragma('user_version = 2');
  const tables = older
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const columns = older
      .prepare('SELECT name FROM pragma_table_info(?)')
      .pluck()
      .all(table) as string[];
    const names = columns.join(', ');
    const insert = older.prepare(
      `INSERT INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of newer.prepare(`SELECT ${names} FROM ${table}`).raw().all()) {
      insert.run(row);
    }
  }
  return older;
}

test('R-FIG-13 shifts that a hub of version 2 closed get the same summaries, but for recalls, which nobody counted', () => {
  const { database, naive } = weeks(2, { menuMoves: false });
  const older = asVersion2(database);
  migrate(older);
  const uncounted = naive.ended.map((shift) => ({
    ...shift,
    facts: new Map([...shift.facts].filter(([path]) => !path.endsWith(' recalls'))),
  }));
  expect(uncounted.length).toBeGreaterThan(5);
  expect(storedFindings(older, uncounted, 2)).toEqual([]);
});
