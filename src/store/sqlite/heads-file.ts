/**
 * The newest commit of each branch, remembered in a file beside the database: an older copy of the database that is put
 * in its place lacks them. The file is replaced as a whole, so that a crash leaves the one before or the new one.
 */
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreOpenError, messageOf } from './errors.js';
import type { BranchHead, RememberedHeads } from './messages.js';

/** The file in the data directory. */
export const HEADS_NAME = 'heads.json';
const FORMAT = 1;

/** null: nothing is remembered. Throws StoreOpenError where the file cannot be read. */
export function readHeads(directory: string): RememberedHeads | null {
  const path = join(directory, HEADS_NAME);
  try {
    return parseHeads(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StoreOpenError({
      operation: 'read',
      path,
      reason: messageOf(error),
      hint: 'put it back, or move it away to start without the check for a roll-back',
    });
  }
}

function parseHeads(text: string): RememberedHeads {
  const { format, epoch, heads } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (format !== FORMAT || typeof epoch !== 'string' || !Array.isArray(heads)) {
    throw new Error(`it has not the form of format ${String(FORMAT)}`);
  }
  return { epoch, heads: heads.map(headOf) };
}

function headOf(entry: unknown): BranchHead {
  const [branchId, version, hash] = (Array.isArray(entry) ? entry : []) as readonly unknown[];
  if (typeof branchId === 'string' && Number.isSafeInteger(version) && typeof hash === 'string') {
    return [branchId, version as number, hash];
  }
  throw new Error('a head in it is no [branch, version, hash]');
}

/** What stands in the file. */
export function headsText(remembered: RememberedHeads): string {
  return `${JSON.stringify({ format: FORMAT, ...remembered })}\n`;
}

/** Resolves when the file is on the disk under its name. */
export async function writeHeads(directory: string, remembered: RememberedHeads): Promise<void> {
  const path = join(directory, HEADS_NAME);
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(headsText(remembered));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFile(directory, 'r');
}

/** SQLite holds its locks on other files than the log: closing this handle on the log drops none of them. */
export async function syncFile(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
