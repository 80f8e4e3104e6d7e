/** The key that signs tokens: random, made on first use in the data directory, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from './operator-error.js';

const FILE_NAME = 'token.key';
const KEY_BYTES = 32;
const OTHERS = 0o077;

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Reads the key, or makes it. Two processes that start at once get the same one. */
export function openTokenKey(dataDirectory: string): Uint8Array {
  const path = join(dataDirectory, FILE_NAME);
  try {
    return readKey(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  try {
    makeKey(dataDirectory, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(
      `write ${path}`,
      reason,
      'give a --data directory that you may write',
      error,
    );
  }
  return readKey(path);
}

function readKey(path: string): Uint8Array {
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new OperatorError(
      `read ${path}`,
      `others may read it (mode ${mode.toString(8)})`,
      `run: chmod 600 ${path}; where others did read it, delete it: every token is then void`,
    );
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (key.length === KEY_BYTES) return key;
  const reason = `it holds ${key.length} bytes in place of ${KEY_BYTES}`;
  throw new OperatorError(
    `read ${path}`,
    reason,
    'delete it: a new one is made, every token is then void',
  );
}

/** Whole or not at all: written beside and linked, which fails where another process was first. */
function makeKey(dataDirectory: string, path: string): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
    fsyncSync(file);
    linkSync(beside, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    unlinkSync(beside);
  }
}
