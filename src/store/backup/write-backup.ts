/**
 * Makes one backup: a copy of the database, the segments that the copy names, and heads that fit it, in one tar file. It
 * stands under its name only when it is whole, on the disk, and was read back. Blocks its thread.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreOpenError, messageOf } from '../sqlite/errors.js';
import { HEADS_NAME, headsText } from '../sqlite/heads-file.js';
import { DATABASE_NAME } from '../sqlite/open.js';
import { PART_ENDING } from './backup-name.js';
import {
  copyDatabase,
  databaseBytes,
  describeCopy,
  syncPath,
  type CopiedSegment,
  type CopyFacts,
} from './database-copy.js';
import {
  BACKUP_FORMAT,
  MANIFEST_NAME,
  SUMS_NAME,
  manifestText,
  sumsText,
  type Manifest,
  type Member,
} from './manifest.js';
import { readBackup } from './read-backup.js';
import { TarWriter, piecesOf } from './tar-file.js';

export interface BackupOptions {
  /** The data directory. */
  readonly data: string;
  /** Path of the backup; its directory is there. */
  readonly to: string;
  /** Version of this program. */
  readonly program: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

export interface BackupProgress {
  readonly step: 'copy' | 'write' | 'check';
  /** Bytes so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export interface BackupMade {
  readonly path: string;
  readonly bytes: number;
  readonly manifest: Manifest;
}

/** A segment may be replaced, or taken away, between the copy and its reading: rarely, and hardly twice in a row. */
const TRIES_MAX = 5;

/** What the copy names is not there as it names it. */
class SegmentChanged extends Error {}

/** Throws StoreOpenError; then nothing stands under the name, and what was begun is taken away. */
export function writeBackup(
  options: BackupOptions,
  onProgress: (progress: BackupProgress) => void,
): BackupMade {
  const { data, to } = options;
  try {
    if (existsSync(to)) throw new Error('it is there already');
    return new BackupRun(options, onProgress).make();
  } catch (error) {
    throw new StoreOpenError({
      operation: `back up ${data} to`,
      path: to,
      reason: messageOf(error),
      hint: 'give the --data directory of a hub, and a place with room for twice its size',
    });
  }
}

class BackupRun {
  readonly #options: BackupOptions;
  readonly #tell: (progress: BackupProgress) => void;
  readonly #part: string;
  readonly #copy: string;

  constructor(options: BackupOptions, tell: (progress: BackupProgress) => void) {
    this.#options = options;
    this.#tell = tell;
    this.#part = options.to + PART_ENDING;
    this.#copy = `${options.to}.db${PART_ENDING}`;
  }

  make(): BackupMade {
    for (let tries = 1; ; tries += 1) {
      try {
        return this.#make();
      } catch (error) {
        if (!(error instanceof SegmentChanged) || tries === TRIES_MAX) throw error;
      } finally {
        rmSync(this.#copy, { force: true });
        rmSync(this.#part, { force: true });
      }
    }
  }

  #make(): BackupMade {
    const { data, to } = this.#options;
    const source = join(data, DATABASE_NAME);
    // What a run before this one left when it was killed.
    rmSync(this.#copy, { force: true });
    rmSync(this.#part, { force: true });
    this.#tell({ step: 'copy', done: 0, total: databaseBytes(source) });
    copyDatabase(source, this.#copy);
    const facts = describeCopy(this.#copy);
    const manifest = this.#write(facts);
    const bytes = statSync(this.#part).size;
    const tell = (done: number): void => {
      this.#tell({ step: 'check', done, total: bytes });
    };
    readBackup({ path: this.#part, into: null, onRead: tell });
    renameSync(this.#part, to);
    try {
      syncPath(dirname(to));
    } catch (error) {
      rmSync(to, { force: true });
      throw error;
    }
    return { path: to, bytes, manifest };
  }

  #write(facts: CopyFacts): Manifest {
    const heads = Buffer.from(headsText({ epoch: facts.epoch, heads: facts.heads }));
    const manifest = this.#manifestOf(facts, heads);
    const text = manifestText(manifest);
    const sums = Buffer.from(sumsText(text, manifest.members));
    const total = manifest.members.reduce((sum, { size }) => sum + size, 0);
    const tar = new TarWriter(this.#part, this.#options.at);
    try {
      let done = 0;
      const told = (name: string, size: number, pieces: Iterable<Buffer>): string => {
        const sha256 = tar.add(name, size, pieces);
        this.#tell({ step: 'write', done: (done += size), total });
        return sha256;
      };
      tar.add(MANIFEST_NAME, Buffer.byteLength(text), [Buffer.from(text)]);
      for (const member of manifest.members) {
        if (member.name === HEADS_NAME) told(member.name, heads.length, [heads]);
        else this.#addFile(member, told);
      }
      tar.add(SUMS_NAME, sums.length, [sums]);
      tar.finish();
    } finally {
      tar.close();
    }
    return manifest;
  }

  #manifestOf(facts: CopyFacts, heads: Buffer): Manifest {
    const { epoch, schemaVersion, segments } = facts;
    const { program, at } = this.#options;
    const sha256 = createHash('sha256').update(heads).digest('hex');
    return {
      ...{ format: BACKUP_FORMAT, program, schema_version: schemaVersion, epoch, created_at: at },
      heads: facts.heads,
      members: [
        { name: DATABASE_NAME, ...measured(this.#copy) },
        ...segments.map(memberOfSegment),
        { name: HEADS_NAME, size: heads.length, sha256 },
      ],
    };
  }

  #addFile({ name, size, sha256 }: Member, add: AddPieces): void {
    const isSegment = name !== DATABASE_NAME;
    const file = isSegment
      ? openSegment(join(this.#options.data, name))
      : openSync(this.#copy, 'r');
    try {
      if (isSegment && fstatSync(file).size !== size) {
        throw new SegmentChanged(`${name} has another size than the catalogue says`);
      }
      if (add(name, size, piecesOf(file)) === sha256) return;
      throw new SegmentChanged(`${name} has another checksum than the catalogue says`);
    } finally {
      closeSync(file);
    }
  }
}

type AddPieces = (name: string, size: number, pieces: Iterable<Buffer>) => string;

function openSegment(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new SegmentChanged(messageOf(error));
  }
}

function memberOfSegment({ id, size, sha256 }: CopiedSegment): Member {
  return { name: `archive/${id}.segment`, size, sha256 };
}

function measured(path: string): { readonly size: number; readonly sha256: string } {
  const hash = createHash('sha256');
  let size = 0;
  const file = openSync(path, 'r');
  try {
    for (const piece of piecesOf(file)) {
      hash.update(piece);
      size += piece.length;
    }
  } finally {
    closeSync(file);
  }
  return { size, sha256: hash.digest('hex') };
}
