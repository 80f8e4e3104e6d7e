/**
 * Opens a data directory as a Store: takes ownership, starts the writer, which makes or migrates the file, then lets
 * the reader start. Throws StoreOpenError with one clear line when that cannot be.
 */
import { join } from 'node:path';
import type { Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import { expectNoCutRestore } from '../backup/cut-restore.js';
import { ArchiveClient } from '../archive/archive-client.js';
import { Archive } from '../archive/archive.js';
import type { Store } from '../port.js';
import { makeDataDirectory } from './data-directory.js';
import { StoreOpenError, messageOf } from './errors.js';
import { HeadKeeper } from './head-keeper.js';
import { HEADS_NAME, readHeads } from './heads-file.js';
import type { BranchVersions, DatabaseFile, DiskDurability, RememberedHeads } from './messages.js';
import { startKeyRounds } from './key-rounds.js';
import { loadFrom } from './load.js';
import { OutsideWatch } from './outside-watch.js';
import { takeOwnership } from './owner-lock.js';
import { ReadClient } from './read-client.js';
import { SqliteStore } from './sqlite-store.js';
import { WriteQueue } from './write-queue.js';
import { WriterThread } from './writer-thread.js';

/** The file in the data directory. */
export const DATABASE_NAME = 'expeditor.db';

export interface SqliteStoreOptions {
  /** Made (0700) where there is none. Everything of one hub is in it. */
  readonly directory: string;
  /** `full`: an fsync before each outcome. `normal`: the last moments may be lost with the power. */
  readonly durability: DiskDurability;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
  /** Where the compiled worker scripts are, with a slash at the end. Default: beside this file. */
  readonly workerDirectory?: URL;
  /** Go on, in a new epoch, on a database that lacks what was remembered of it. Default: that is refused. */
  readonly acceptRollback?: boolean;
  /** Bytes of the file that are read through a memory map. Default 0: none. */
  readonly mmapBytes?: number;
}

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { directory, durability, timers, log } = options;
  expectNoCutRestore(directory, DATABASE_NAME);
  makeDirectory(directory);
  const letGo = takeOwnership(directory);
  const scripts = options.workerDirectory ?? new URL('./', import.meta.url);
  const file: DatabaseFile = {
    path: join(directory, DATABASE_NAME),
    durability,
    mmapBytes: options.mmapBytes ?? 0,
  };
  const startWriter = (reopening: boolean, remembered: RememberedHeads | null): WriterThread =>
    new WriterThread(new URL('writer-worker.js', scripts), {
      ...file,
      newEpoch: options.newId(),
      startedAt: options.clock.now(),
      reopening,
      remembered,
      acceptRollback: options.acceptRollback ?? false,
    });
  let writer: WriterThread | null = null;
  try {
    const remembered = readHeads(directory);
    writer = startWriter(false, remembered);
    const { epoch, heads, rolledBack } = await opened(writer, file.path, log);
    const reopen = () => startWriter(true, null);
    const queue = new WriteQueue(writer, heads, { timers, log, reopen });
    const keeper = new HeadKeeper({
      ...{ directory, file: file.path, durability, epoch, timers, log },
      remembered: rolledBack === null ? remembered : null,
      movedHeads: () => queue.movedHeads(),
    });
    await tellRollback({ directory, epoch, rolledBack, keeper, log });
    if (remembered === null && heads.length > 0) {
      log.warn({ directory }, `${HEADS_NAME} is missing: a roll-back would not have been seen`);
    }
    keeper.start();
    const outside = watchOutside(queue, timers);
    log.info({ directory, durability, epoch, branches: heads.length }, 'the store is open');
    const stopKeyRounds = startKeyRounds({
      ...{ clock: options.clock, timers },
      expire: (now) => {
        queue.expireKeys(now);
      },
    });
    const newReader = () => new ReadClient(new URL('reader-worker.js', scripts), file, log);
    const reader = newReader();
    const archive = archiveOf(queue, reader, { ...options, file, scripts });
    archive.begin();
    return new SqliteStore({
      ...{ durability, epoch, queue, heads: keeper, outside, letGo, stopKeyRounds },
      ...{ reader, reports: newReader(), archive },
      load: () => loadFrom(file),
    });
  } catch (error) {
    await writer?.end();
    letGo();
    throw error;
  }
}

interface ArchiveNeeds extends SqliteStoreOptions {
  readonly file: DatabaseFile;
  readonly scripts: URL;
}

function archiveOf(
  queue: WriteQueue,
  reader: ReadClient,
  { file, scripts, clock, newId, timers, log }: ArchiveNeeds,
): Archive {
  return new Archive({
    task: (task) => queue.task(task),
    work: new ArchiveClient(new URL('../archive/archive-worker.js', scripts), file),
    segments: () => reader.read('segments'),
    forget: (segmentId) => reader.read('forgetSegment', segmentId),
    clearTexts: (branchId, orderId) => reader.read('clearTexts', branchId, orderId),
    now: () => clock.now(),
    ...{ newId, timers, log },
  });
}

function watchOutside(queue: WriteQueue, timers: Timers): OutsideWatch {
  const outside = new OutsideWatch({ timers, look: () => queue.outsideChanged() });
  queue.onStatus((status) => {
    outside.noteStatus(status);
  });
  outside.start();
  return outside;
}

interface RollbackFound {
  readonly directory: string;
  readonly epoch: string;
  readonly rolledBack: string | null;
  readonly keeper: HeadKeeper;
  readonly log: Log;
}

/** Its new epoch is on the disk: a crash from here on leaves a start that is refused again, never an old epoch. */
async function tellRollback(found: RollbackFound): Promise<void> {
  const { directory, epoch, rolledBack, keeper, log } = found;
  if (rolledBack === null) return;
  log.error(
    { directory, rolledBack, epoch },
    'A ROLL-BACK WAS ACCEPTED: acknowledged commands are gone, and a new epoch begins',
  );
  await keeper.remember();
}

function makeDirectory(directory: string): void {
  try {
    makeDataDirectory(directory);
  } catch (error) {
    throw new StoreOpenError({
      operation: 'make',
      path: directory,
      reason: messageOf(error),
      hint: 'give a directory that may be written',
    });
  }
}

interface Opened {
  readonly epoch: string;
  readonly heads: BranchVersions;
  readonly rolledBack: string | null;
}

function opened(writer: WriterThread, path: string, log: Log): Promise<Opened> {
  return new Promise((resolve, reject) => {
    writer.onMessage((message) => {
      if (message.type === 'opened') resolve(message);
      else if (message.type === 'upgrading') log.info({ path }, message.step);
      else if (message.type === 'open_failed') {
        const { operation, reason, hint } = message;
        reject(new StoreOpenError({ operation, path: message.path, reason, hint }));
      }
    });
    writer.onEnd((reason) => {
      reject(new StoreOpenError({ operation: 'open', path, reason, hint: 'look into the log' }));
    });
  });
}
