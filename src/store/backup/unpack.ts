/** Puts what is to be restored into an empty directory: a backup, or a bare copy of a database. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HEADS_NAME } from '../sqlite/heads-file.js';
import type { BranchHead } from '../sqlite/messages.js';
import { DATABASE_NAME } from '../sqlite/open.js';
import { copyDatabase, describeCopy, syncPath } from './database-copy.js';
import { readBackup } from './read-backup.js';

export interface Unpacked {
  /** What the database must hold. */
  readonly heads: readonly BranchHead[];
  /** UTC epoch milliseconds; null: nobody knows. */
  readonly createdAt: number | null;
}

export interface UnpackOptions {
  readonly from: string;
  /** Empty. What comes into it is on the disk when this returns. */
  readonly into: string;
  /** Where a bare copy of a database finds the segments that it names. */
  readonly data: string;
  readonly onRead: (done: number, total: number) => void;
}

const SQLITE_START = 'SQLite format 3\0';

/** Throws an Error that says what is wrong with the file. */
export function unpack(options: UnpackOptions): Unpacked {
  const unpacked = isDatabase(options.from) ? takeDatabase(options) : takeBackup(options);
  const archive = join(options.into, 'archive');
  if (existsSync(archive)) syncPath(archive);
  syncPath(options.into);
  return unpacked;
}

function takeBackup({ from, into, onRead }: UnpackOptions): Unpacked {
  const total = statSync(from).size;
  const manifest = readBackup({
    ...{ path: from, into },
    onRead: (bytes) => {
      onRead(bytes, total);
    },
  });
  if (!existsSync(join(into, HEADS_NAME))) throw new Error(`it has no ${HEADS_NAME}`);
  return { heads: manifest.heads, createdAt: manifest.created_at };
}

/** The copy that a program made before it upgraded a database: of the archive it has the names alone. */
function takeDatabase({ from, into, data, onRead }: UnpackOptions): Unpacked {
  const total = statSync(from).size;
  onRead(0, total);
  copyDatabase(from, join(into, DATABASE_NAME));
  const { heads, segments } = describeCopy(join(into, DATABASE_NAME));
  for (const { id } of segments) {
    const target = join(into, 'archive', `${id}.segment`);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(join(data, 'archive', `${id}.segment`), target);
    syncPath(target);
  }
  onRead(total, total);
  return { heads, createdAt: null };
}

function isDatabase(path: string): boolean {
  const start = Buffer.alloc(SQLITE_START.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return start.toString('latin1') === SQLITE_START;
}
