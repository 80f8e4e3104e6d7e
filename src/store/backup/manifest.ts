/** What a backup says of itself: its first member, and the sums that come last, in the form that `sha256sum -c` reads. */
import { createHash } from 'node:crypto';
import type { BranchHead } from '../sqlite/messages.js';

export const MANIFEST_NAME = 'manifest.json';
export const SUMS_NAME = 'SHA256SUMS';
export const BACKUP_FORMAT = 1;
/** A manifest is small: a platform's thousand branches and years of segments stay far below. */
export const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

/** Nothing else may be in a backup: no other name is ever written to a disk by a restore. */
const MEMBER_NAME =
  /^(?:expeditor\.db|heads\.json|archive\/[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.segment)$/;

/** A file in the backup; its name is its path in the data directory. */
export interface Member {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Manifest {
  readonly format: typeof BACKUP_FORMAT;
  /** Version of the program that made the backup. */
  readonly program: string;
  /** `user_version` of the database in it. */
  readonly schema_version: number;
  readonly epoch: string;
  /** UTC epoch milliseconds. */
  readonly created_at: number;
  /** The newest commit of each branch, as heads.json has them. */
  readonly heads: readonly BranchHead[];
  /** In the order in which they follow. */
  readonly members: readonly Member[];
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

/** Throws an Error that says what is wrong with it. */
export function parseManifest(text: string): Manifest {
  const found = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (found['format'] !== BACKUP_FORMAT) {
    throw new Error(
      `its format is ${String(found['format'])}, this program reads ${BACKUP_FORMAT}`,
    );
  }
  const { program, schema_version, epoch, created_at, heads, members } = found;
  const isWhole =
    typeof program === 'string' &&
    Number.isSafeInteger(schema_version) &&
    typeof epoch === 'string' &&
    Number.isSafeInteger(created_at) &&
    Array.isArray(heads) &&
    Array.isArray(members);
  if (!isWhole) throw new Error(`${MANIFEST_NAME} lacks a field`);
  const names = members.map((member) => memberOf(member).name);
  if (names[0] !== 'expeditor.db' || new Set(names).size !== names.length) {
    throw new Error(`${MANIFEST_NAME} names no database, or a file twice`);
  }
  return found as unknown as Manifest;
}

function memberOf(value: unknown): Member {
  const { name, size, sha256 } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (
    typeof name === 'string' &&
    MEMBER_NAME.test(name) &&
    Number.isSafeInteger(size) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256)
  ) {
    return { name, size: size as number, sha256 };
  }
  throw new Error(`${MANIFEST_NAME} names what no backup holds`);
}

/** A line for each member and one for the manifest itself, whose text this is. */
export function sumsText(manifest: string, members: readonly Member[]): string {
  const own = { name: MANIFEST_NAME, sha256: createHash('sha256').update(manifest).digest('hex') };
  return [own, ...members].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}
