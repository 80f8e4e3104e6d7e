/** The storage in a file. */
import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from '../../../src/client/node.js';
import { storageContract } from './contract.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-file-storage-'));
  path = join(directory, 'till.db');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

storageContract((title, run) => {
  test(title, () => run({ open: () => fileStorage(path) }));
});

test('C-STO-9 a second open of the file fails at once, and its close lets go of it', async () => {
  const first = await fileStorage(path);
  await first.append('queue', 1);
  await expect(fileStorage(path)).rejects.toMatchObject({
    name: 'StorageFailed',
    code: 'in_use',
    message: `${path} is held by another process: stop it first, or give another file`,
  });
  expect(await first.append('queue', 2)).toBe('0000000000000002');
  await first.close();
  const second = await fileStorage(path);
  expect(await second.entries('queue')).toHaveLength(2);
  await second.close();
});

test('C-STO-9 nobody but its user reads the file', async () => {
  const storage = await fileStorage(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await storage.append('queue', 1);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  await storage.close();
});

async function soldFile(): Promise<void> {
  const storage = await fileStorage(path);
  for (let sale = 0; sale < 300; sale += 1) {
    await storage.append('queue', { sale, note: 'x'.repeat(100) });
  }
  await storage.close();
}

test.each([
  [
    'overwritten in the middle',
    () => {
      const bytes = readFileSync(path);
      bytes.fill(0x5a, 8192, 20_480);
      writeFileSync(path, bytes);
    },
  ],
  [
    'cut off',
    () => {
      truncateSync(path, 12_288);
    },
  ],
  [
    'no database',
    () => {
      writeFileSync(path, 'a shopping list '.repeat(1000));
    },
  ],
  [
    'another program’s',
    () => {
      rmSync(path);
      new Database(path).exec('CREATE TABLE recipes (name TEXT)').close();
    },
  ],
])(
  'C-STO-10 a file that is %s is refused, with what to do, and left as it was',
  async (_, spoil) => {
    await soldFile();
    spoil();
    const before = readFileSync(path);
    await expect(fileStorage(path)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/may hold sales that the hub lacks: move it/) as string,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  },
);

test('C-STO-10 a file of a newer version is refused as such', async () => {
  await soldFile();
  const database = new Database(path);
  database.pragma('user_version = 99');
  database.close();
  await expect(fileStorage(path)).rejects.toMatchObject({ code: 'outdated' });
});

test('C-STO-10 a place where no file can be is said in one line', async () => {
  await expect(fileStorage(join(directory, 'no', 'such', 'till.db'))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^[^\n]*check the directory[^\n]*$/) as string,
  });
});
