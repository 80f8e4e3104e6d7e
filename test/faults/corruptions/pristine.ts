/** The data directories that are damaged: of a hub that archived and was killed later, at several times; and another restaurant's. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../../src/client/client.js';
import { SegmentFile } from '../../../src/store/archive/segment-file.js';
import { SegmentWriter } from '../../../src/store/archive/segment-writer.js';
import { archiveDay } from '../../support/archived.js';
import { runCommand } from '../../support/hub-process.js';
import { rotate } from '../../support/rotation.js';
import { openSqlite } from '../../support/sqlite-store.js';
import { writeDay } from '../../support/store-day.js';
import { CommandBook } from '../recording/command-book.js';
import { readTree, type Tree } from '../recording/tree.js';
import { Restaurant } from '../scenarios/restaurant.js';
import { thenEnded } from '../scenarios/restart.js';

/** Where directories are made and damaged: in memory where that can be. */
export const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
export const SEGMENT = /\.segment$/;
/** Longer than the heads take to be remembered: what is lost within that time stays invisible, as the design says. */
const REMEMBERED_MS = 1_500;
const ARCHIVED_ORDERS = 20;
/** Two segments of so many. */
const ROTATED = { eventsMin: 50, eventsMax: 50 };

export interface Copies {
  readonly now: Tree;
  /** With all orders in the database, the newest of them in its log; after these were archived; in the middle of the last evening. */
  readonly older: readonly Tree[];
  readonly other: Tree;
  /** By path: well-formed segments of the same id with other contents, as they were before or after they were written anew. */
  readonly otherwise: ReadonlyMap<string, Buffer>;
}

export async function pristineCopies(): Promise<Copies> {
  const root = mkdtempSync(join(SCRATCH, 'pristine-'));
  try {
    const [main, other] = [
      await twoEvenings(join(root, 'main')),
      await anotherRestaurant(join(root, 'other')),
    ];
    return { ...main, other, otherwise: writtenOtherwise(main.now, root) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Shifts that were archived with most events, then one closed in the database, then an open one; the rest is in the log. */
async function twoEvenings(directory: string): Promise<Pick<Copies, 'now' | 'older'>> {
  const book = new CommandBook();
  const restaurant = new Restaurant(book);
  const older: Tree[] = [];
  let shift = '';
  let payment = '';
  /** Until nothing of it is hot. */
  const serve = async (till: Client): Promise<string> => {
    const order = await restaurant.ringUp(till);
    await restaurant.cook(till, order);
    const paid = await restaurant.pay(till, order, 'cash');
    const expected = { order_header: [order.orderId] };
    await book.give(till, 'order.close', { order_id: order.orderId }, expected);
    return paid;
  };
  const handOver = async (till: Client): Promise<void> => {
    shift = await restaurant.handOver(till, shift);
  };
  await thenEnded(directory, 'kill', async (till) => {
    shift = await restaurant.openShift(till);
    for (let half = 0; half < 2; half += 1) {
      const orders = Array.from({ length: ARCHIVED_ORDERS / 2 }, () => serve(till));
      [payment = ''] = await Promise.all(orders);
      await handOver(till);
    }
    await pause(REMEMBERED_MS);
  });
  older.push(readTree(directory));
  const archive = ['archive', '--data', directory, '--archive-after-hours', '0'];
  const { code, output } = runCommand(archive);
  if (code !== 0) throw new Error(`nothing was archived: ${output}`);
  for (const segmentId of ['events-1', 'events-2']) {
    await rotate(directory, { before: Date.now(), segmentId, ...ROTATED });
  }
  older.push(readTree(directory));
  await thenEnded(directory, 'kill', async (till) => {
    await restaurant.refund(till, payment);
    await Promise.all([1, 2].map(() => serve(till)));
    await restaurant.ringUp(till);
    await handOver(till);
    await pause(REMEMBERED_MS);
    older.push(readTree(directory));
    await serve(till);
    await restaurant.ringUp(till, 3);
    await pause(REMEMBERED_MS);
  });
  return { now: readTree(directory), older };
}

/** While its hub has it open, with segments of a branch that has the same name. */
async function anotherRestaurant(directory: string): Promise<Tree> {
  const store = await openSqlite(directory);
  await store.load();
  await writeDay(store, 'main');
  const { directories, files } = readTree(directory);
  await store.close();
  archiveDay(directory);
  const closed = [...readTree(directory).files].filter(([path]) => /\.segment$|\.json$/.test(path));
  return { directories, files: new Map([...files, ...closed]) };
}

/** Each with its last record left out. */
function writtenOtherwise({ files }: Tree, root: string): Map<string, Buffer> {
  const otherwise = new Map<string, Buffer>();
  const [path, copy] = [join(root, 'a.segment'), join(root, 'b.segment')];
  for (const [name, bytes] of files) {
    if (!SEGMENT.test(name)) continue;
    writeFileSync(path, bytes);
    const file = SegmentFile.open(path);
    const { branch_id: branchId, id: segmentId, kind } = file.footer;
    const writer = new SegmentWriter(copy, { branchId, segmentId, kind });
    for (const record of [...file.records()].slice(0, -1)) writer.add(record);
    writer.finish({});
    writer.close();
    file.close();
    otherwise.set(name, readFileSync(copy));
    rmSync(copy);
  }
  return otherwise;
}
