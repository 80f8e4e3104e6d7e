/**
 * The keys that sign tokens: random, made on first use in the data directory, readable by their owner alone. Two are in force,
 * the present one and the one before it, so that a rotation logs nobody out.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeDataDirectory } from '../store/sqlite/data-directory.js';
import { OperatorError } from './operator-error.js';

const FILE_NAME = 'token.key';
const PREVIOUS_NAME = 'token.key.previous';
const KEY_BYTES = 32;
const OTHERS = 0o077;
/** Longer than an access token lives: a rotation after less would void tokens in use. */
const ROTATION_APART_MS = 20 * 60_000;

export interface TokenKey {
  /** Names the key in the tokens that it signed. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The keys in force. */
export interface TokenKeys {
  readonly current: TokenKey;
  readonly previous: TokenKey | null;
}

/** Where the keys in force are read from. */
export interface KeySource {
  /** Reads them again where somebody has rotated them since. */
  keys(): TokenKeys;
}

export function tokenKey(bytes: Uint8Array): TokenKey {
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8), bytes };
}

/** Makes the first key where there is none. Two processes that start at once get the same one. */
export function openTokenKeys(dataDirectory: string): KeySource {
  const path = join(dataDirectory, FILE_NAME);
  if (readKey(path) === null) makeFirst(dataDirectory, path);
  let readAt = -1;
  let held: TokenKeys | null = null;
  return {
    keys() {
      const found = statSync(path, { throwIfNoEntry: false });
      // Somebody took it away: until the next start, which makes another, the hub goes on with what it has.
      if (held !== null && found === undefined) return held;
      const stamp = found === undefined ? 0 : found.mtimeMs + found.ino;
      if (held === null || stamp !== readAt) {
        held = readKeys(dataDirectory);
        readAt = stamp;
      }
      return held;
    },
  };
}

/** Makes a new key the present one. Throws where that would void tokens that are in use. */
export function rotateTokenKey(dataDirectory: string, now: number): TokenKeys {
  const path = join(dataDirectory, FILE_NAME);
  const present = openTokenKeys(dataDirectory).keys();
  if (present.previous !== null && now - statSync(path).mtimeMs < ROTATION_APART_MS) {
    throw new OperatorError(
      `rotate ${path}`,
      'it was rotated a moment ago, and a second rotation would log people out',
      `wait ${ROTATION_APART_MS / 60_000} minutes; where the key is known to others, delete both files instead`,
    );
  }
  writing(path, () => {
    const next = writeKey(path, randomBytes(KEY_BYTES));
    const before = writeKey(path, present.current.bytes);
    renameSync(before, join(dataDirectory, PREVIOUS_NAME));
    renameSync(next, path);
    syncDirectory(dataDirectory);
  });
  return readKeys(dataDirectory);
}

/** Milliseconds since the present key was made. */
export function tokenKeyAge(dataDirectory: string, now: number): number {
  return now - statSync(join(dataDirectory, FILE_NAME)).mtimeMs;
}

function readKeys(dataDirectory: string): TokenKeys {
  const path = join(dataDirectory, FILE_NAME);
  const current = readKey(path);
  if (current === null) {
    throw new OperatorError(`read ${path}`, 'it is gone', 'start again: a new one is made');
  }
  return { current, previous: readKey(join(dataDirectory, PREVIOUS_NAME)) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** null: there is none. */
function readKey(path: string): TokenKey | null {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return null;
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new OperatorError(
      `read ${path}`,
      `others may read it (mode ${(mode & 0o777).toString(8)})`,
      `run: chmod 600 ${path}; where others did read it, delete it: every token is then void`,
    );
  }
  const bytes = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  if (bytes.length === KEY_BYTES) return tokenKey(bytes);
  const reason = `it holds ${bytes.length} bytes in place of ${KEY_BYTES}`;
  throw new OperatorError(
    `read ${path}`,
    reason,
    'delete it: a new one is made, every token is then void',
  );
}

function makeFirst(dataDirectory: string, path: string): void {
  writing(path, () => {
    makeDataDirectory(dataDirectory);
    const beside = writeKey(path, randomBytes(KEY_BYTES));
    try {
      // Whole or not at all: linking fails where another process was first.
      linkSync(beside, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      unlinkSync(beside);
    }
  });
}

/** Gives the path of a file beside `path` that holds the key, on the disk. */
function writeKey(path: string, bytes: Uint8Array): string {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeSync(file, `${Buffer.from(bytes).toString('base64url')}\n`);
    fsyncSync(file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return beside;
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'give a --data directory that you may write';
    throw new OperatorError(`write ${path}`, reason, hint, error);
  }
}
