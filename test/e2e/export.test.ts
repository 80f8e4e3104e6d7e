/** What leaves in open formats is what the store holds, wherever it holds it, and nothing that is secret. */
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { EXPORTED_TABLES, UNEXPORTED_TABLES } from '../../src/store/export/exported-tables.js';
import type { ExportFormat } from '../../src/store/export/row-text.js';
import { writeExport, type ExportOptions } from '../../src/store/export/write-export.js';
import { writeDays } from '../support/backups.js';
import { runCommand } from '../support/hub-process.js';
import { rotate } from '../support/rotation.js';
import { NOON } from '../support/rows.js';
import { SmallDisk } from '../support/small-disk.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';

type Row = Readonly<Record<string, unknown>>;

const LATER = NOON + 3_600_000;
const AWKWARD = '=HYPERLINK("x"),\r\n“Zoë”; it\'s';
const directory = freshDirectory();
const root = dirname(directory.path);
const SECRETS = ['hash-of-a-pin', 'hash-of-a-token', 'nonce-of-it', 'hash-of-a-code', 'the key of'];
/** Of `main` and `other`, exported before anything was archived, by format. */
const whole = new Map<ExportFormat, string>();
/** Rows as they stood then, by table. */
const stood = new Map<string, readonly Row[]>();

function options(to: string, more: Partial<ExportOptions> = {}): ExportOptions {
  const of = { data: directory.path, to: join(root, to), program: '0.1.0', at: NOON };
  return { ...of, format: 'ndjson', branchId: null, ...more };
}

function files(path: string): ReadonlyMap<string, Buffer> {
  return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]));
}

function edit(sql: string): void {
  const database = new Database(join(directory.path, DATABASE_NAME));
  database.exec(sql);
  database.close();
}

function readTables(): void {
  const database = new Database(join(directory.path, DATABASE_NAME), { readonly: true });
  for (const table of EXPORTED_TABLES) {
    stood.set(table, database.prepare(`SELECT * FROM ${table}`).all() as Row[]);
  }
  database.close();
}

/** Rows in no particular order, each as text. */
function inSomeOrder(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function hexOf(row: Row): Row {
  const cells = Object.entries(row);
  return Object.fromEntries(
    cells.map(([name, cell]) => [name, Buffer.isBuffer(cell) ? cell.toString('hex') : cell]),
  );
}

beforeAll(async () => {
  await writeDays(directory.path);
  edit(`INSERT INTO credential SELECT branch_id, id, 'pin', 'hash-of-a-pin', 1 FROM staff LIMIT 1;
    INSERT INTO auth_session SELECT branch_id, 's1', id, 'd1', 'hash-of-a-token', NULL, 'nonce-of-it', 1, 1, 1, 2, 2, NULL
      FROM staff LIMIT 1;
    INSERT INTO pairing_code VALUES ('selector-1', 'main', 'hash-of-a-code', 'd2', 'Till', 'waiter', 1, 1);
    UPDATE menu_item SET category = '', name = '${AWKWARD.replaceAll("'", "''")}' WHERE branch_id = 'main'`);
  const database = new Database(join(directory.path, DATABASE_NAME), { readonly: true });
  SECRETS.push(...(database.prepare('SELECT salt FROM personal_salt').pluck().all() as string[]));
  database.close();
  expect(SECRETS.length).toBeGreaterThan(5);
  readTables();
  for (const format of ['csv', 'ndjson'] as const) {
    const given = options(`whole-${format}`, { format });
    await writeExport(given);
    whole.set(format, given.to);
  }
  const store = await openSqlite(directory.path);
  await store.upkeep?.archive({ closedBefore: LATER });
  await store.close();
  for (const segmentId of ['events-1', 'events-2']) {
    await rotate(directory.path, { before: LATER, segmentId, eventsMin: 1, eventsMax: 7 });
  }
});

afterAll(() => {
  directory.remove();
});

describe('an export', () => {
  it.each(['csv', 'ndjson'] as const)(
    'S-EXP-1 holds archived orders and rotated events as if they had never left, to the byte: %s',
    async (format) => {
      const database = new Database(join(directory.path, DATABASE_NAME), { readonly: true });
      const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck();
      expect(count('archived_order').get()).toBe(6);
      expect(count(`sync_event WHERE branch_id = 'main'`).get()).toBe(4);
      database.close();
      const archived = options(`archived-${format}`, { format });
      await writeExport(archived);
      expect(files(archived.to)).toEqual(files(whole.get(format) ?? ''));
    },
  );

  it('S-EXP-2 NDJSON reads back as the rows, JSON columns as values', () => {
    for (const table of EXPORTED_TABLES) {
      const text = readFileSync(join(whole.get('ndjson') ?? '', `${table}.ndjson`), 'utf8');
      const rows = text.split('\n').filter((line) => line !== '');
      const texts = rows.map((line) => {
        const row = JSON.parse(line) as Row;
        const cells = Object.entries(row);
        return Object.fromEntries(
          cells.map(([name, cell]) => [
            name,
            typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell,
          ]),
        );
      });
      expect(inSomeOrder(texts), table).toEqual(inSomeOrder((stood.get(table) ?? []).map(hexOf)));
    }
  });

  it('S-EXP-2 CSV reads back as the rows: text is quoted, a number is not, null is an empty cell without quotes', () => {
    for (const table of EXPORTED_TABLES) {
      const text = readFileSync(join(whole.get('csv') ?? '', `${table}.csv`), 'utf8');
      const rows = parse(text, {
        columns: true,
        cast: (cell, { quoting, header }) => {
          if (header || quoting) return cell;
          return cell === '' ? null : Number(cell);
        },
      }) as unknown as Row[];
      expect(inSomeOrder(rows), table).toEqual(inSomeOrder((stood.get(table) ?? []).map(hexOf)));
    }
    expect(stood.get('menu_item')?.some(({ name }) => name === AWKWARD)).toBe(true);
  });

  it('S-EXP-2 its payments come to what the Z report says', () => {
    const rowsOf = (table: string): Row[] =>
      readFileSync(join(whole.get('ndjson') ?? '', `${table}.ndjson`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
    const shift = rowsOf('pos_shift').find(({ id }) => id === 'main-shift-1');
    const report = shift?.['z_report'] as {
      readonly payments: readonly { readonly paid: number; readonly refunded: number }[];
    };
    const signed = ({ kind, amount }: Row) => Number(amount) * (kind === 'refund' ? -1 : 1);
    const paid = rowsOf('order_payment')
      .filter(({ shift_id }) => shift_id === 'main-shift-1')
      .reduce((sum, payment) => sum + signed(payment), 0);
    expect(paid).toBe(2170);
    const reported = report.payments.map(({ paid: taken, refunded }) => taken - refunded);
    expect(reported.reduce((sum, amount) => sum + amount, 0)).toBe(paid);
  });

  it('S-EXP-3 holds no secret, and every table of the schema is exported or kept out by name', () => {
    for (const path of whole.values()) {
      for (const [name, bytes] of files(path)) {
        for (const secret of SECRETS) expect(bytes.includes(secret), name).toBe(false);
      }
    }
    const database = new Database(join(directory.path, DATABASE_NAME), { readonly: true });
    const tables = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all() as string[];
    database.close();
    expect([...EXPORTED_TABLES, ...UNEXPORTED_TABLES].sort()).toEqual(tables.sort());
  });

  it('S-EXP-4 reads one moment beside a hub that goes on', async () => {
    const given = options('beside');
    let said = 0;
    await writeExport({
      ...given,
      onProgress: () => {
        if (said++ === 0) edit(`UPDATE menu_item SET category = 'later'`);
      },
    });
    expect(said).toBeGreaterThan(1);
    expect(readFileSync(join(given.to, 'menu_item.ndjson'), 'utf8')).not.toContain('later');
  });

  it('S-EXP-5 the command tells what it wrote, of one branch where one is named, with sums that sha256sum knows', () => {
    const to = join(root, 'by-command');
    const args = ['export', '--data', directory.path, '--to', to, '--format', 'csv'];
    const { code, output } = runCommand([...args, '--branch', 'other']);
    expect(output).toMatch(/by-command: 18 tables, \d+ rows, \d+ bytes, other at 18/);
    expect(code).toBe(0);
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: to });
    const manifest = JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')) as Row;
    expect(manifest).toMatchObject({ format: 1, file_format: 'csv', schema_version: 3 });
    expect(manifest).toMatchObject({ branch: 'other', heads: [['other', 18, expect.any(String)]] });
    for (const [name, bytes] of files(to)) {
      if (name.endsWith('.csv')) expect(bytes.includes('"main"'), name).toBe(false);
    }
    expect(runCommand(args)).toMatchObject({ code: 1 });
  });
});

describe('an export that cannot be made', () => {
  const nothingLeft = (): string[] => readdirSync(root).filter((name) => name.startsWith('bad'));

  it('S-EXP-4 leaves a directory that holds something as it is', async () => {
    const given = options('taken');
    mkdirSync(given.to);
    writeFileSync(join(given.to, 'mine'), 'x');
    await expect(writeExport(given)).rejects.toThrow(/taken: it is not empty/);
    expect(readdirSync(given.to)).toEqual(['mine']);
  });

  it('S-EXP-4 leaves nothing where a branch is not there or a segment is damaged, and names it', async () => {
    await expect(writeExport(options('bad', { branchId: 'nowhere' }))).rejects.toThrow(/nowhere/);
    const [name = ''] = readdirSync(join(directory.path, 'archive'));
    const path = join(directory.path, 'archive', name);
    const bytes = readFileSync(path);
    const damaged = Buffer.from(bytes);
    damaged[40] = 255 - (damaged[40] ?? 0);
    writeFileSync(path, damaged);
    await expect(writeExport(options('bad'))).rejects.toThrow(name);
    writeFileSync(path, bytes);
    expect(nothingLeft()).toEqual([]);
  });

  it('S-EXP-4 leaves nothing on a disk that is full', async () => {
    const disk = SmallDisk.mount(join(root, 'small'), 1);
    try {
      disk.fill();
      await expect(writeExport(options('small/out'))).rejects.toThrow(/ENOSPC.*with room for it/);
      expect(readdirSync(disk.path)).toEqual(['ballast']);
    } finally {
      disk.unmount();
    }
  });
});
