/** What an operator does to a data directory with the command line, on a disk that refuses one of its steps. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { backUp, writeDays } from '../../support/backups.js';

export interface Operation {
  readonly prepare: (root: string) => Promise<void>;
  /** Of the command line. */
  readonly command: (root: string) => readonly string[];
  /** Files whose every opening and writing is refused in turn; syncs and renames are wherever they are. */
  readonly files: readonly string[];
  /** Under `root`: the data directory that must verify, whatever was refused. */
  readonly whole: (root: string) => string;
  /** Synced by the operation itself before it says that it is done: SQLite lives with some syncs that fail, since its log stays. */
  readonly promised: RegExp;
}

const DATA = 'data';
const dataOf = (root: string): string => join(root, DATA);
const ofData = (root: string): readonly string[] => ['--data', dataOf(root)];
const OWN = ['expeditor.db', 'expeditor.db-wal', 'expeditor.db-journal', 'heads.json.new'].map(
  (name) => join(DATA, name),
);

export const OPERATIONS = {
  archive: {
    prepare: (root) => writeDays(dataOf(root)),
    command: (root) => ['archive', ...ofData(root), '--archive-after-hours', '0'],
    files: OWN,
    whole: dataOf,
    promised: /\.segment/,
  },
  backup: {
    prepare: (root) => writeDays(dataOf(root)),
    command: (root) => ['backup', ...ofData(root), '--to', join(root, 'copy.tar')],
    files: ['copy.tar.part', 'copy.tar.db.part', 'copy.tar.db.part-journal'],
    whole: dataOf,
    promised: /copy\.tar\.part>/,
  },
  restore: {
    prepare: async (root) => {
      await writeDays(dataOf(root));
      backUp(dataOf(root), join(root, 'copy.tar'));
    },
    command: (root) => ['restore', ...ofData(root), '--from', join(root, 'copy.tar'), '--replace'],
    files: OWN,
    whole: dataOf,
    promised: /heads\.json>|work>/,
  },
  migration: {
    prepare: (root) => {
      const old = new URL('../../store/schemas/version-2.db.br', import.meta.url);
      mkdirSync(dataOf(root));
      writeFileSync(join(dataOf(root), 'expeditor.db'), brotliDecompressSync(readFileSync(old)));
      return Promise.resolve();
    },
    // The simplest that opens the directory as a hub does.
    command: (root) => ['archive', ...ofData(root), '--archive-after-hours', '87600'],
    files: OWN,
    whole: dataOf,
    promised: /before-version[^/]*>/,
  },
} as const satisfies Readonly<Record<string, Operation>>;
export type OperationName = keyof typeof OPERATIONS;
