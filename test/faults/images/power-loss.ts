/**
 * What a power loss may leave. Certain is what an fsync that returned covers; of all else a sector of 512 bytes holds what it
 * held after some of the writes that touched it, independently of its neighbours: dropped, out of order and torn are all of
 * that kind. Sizes and names are chosen likewise. That is harsher than journalling file systems are.
 */
import type { Random } from '../../support/random-traffic/random.js';
import type { Disk } from './disk.js';
import type { Tree } from '../recording/tree.js';
import { imageOf } from './image.js';
import { applyNames, Bytes, type DirectoryNode, type FileNode, type Node } from './nodes.js';

const SECTOR_BYTES = 512;
const PAGE_BYTES = 4_096;

/** How the uncertain part is chosen; by each there are images where another finds nothing. */
type Loss =
  /** Nothing of it, or all of it. */
  | 'nothing'
  | 'everything'
  /** All that was done before some moment. */
  | 'prefix'
  /** Each page for itself. */
  | 'pages'
  /** Each sector for itself. */
  | 'sectors';

const LOSSES: readonly { readonly loss: Loss; readonly weight: number }[] = [
  { loss: 'nothing', weight: 2 },
  { loss: 'everything', weight: 1 },
  { loss: 'prefix', weight: 2 },
  { loss: 'pages', weight: 3 },
  { loss: 'sectors', weight: 3 },
];

function chooseLoss(random: Random): Loss {
  return random.weighted(LOSSES)?.loss ?? 'nothing';
}

/** For each unit of the file, how many of the uncertain changes it has seen. */
function chooseSeen(loss: Loss, changes: number, random: Random): (byte: number) => number {
  const chosen = new Map<number, number>();
  const each = (bytes: number) => (byte: number) => {
    const unit = Math.floor(byte / bytes);
    let seen = chosen.get(unit);
    if (seen === undefined) {
      seen = random.chance(0.5) ? (random.chance(0.5) ? changes : 0) : random.whole(0, changes);
      chosen.set(unit, seen);
    }
    return seen;
  };
  switch (loss) {
    case 'nothing':
      return () => 0;
    case 'everything':
      return () => changes;
    case 'prefix': {
      const seen = random.whole(0, changes);
      return () => seen;
    }
    case 'pages':
      return each(PAGE_BYTES);
    case 'sectors':
      return each(SECTOR_BYTES);
  }
}

/** Bytes of a file after the loss. */
function lostBytes(file: FileNode, random: Random): Buffer {
  const { certain, uncertain } = file;
  if (uncertain.length === 0) return Buffer.from(certain.view);
  const loss = chooseLoss(random);
  const seenBy = chooseSeen(loss, uncertain.length, random);
  const bytes = new Bytes(certain.view);
  /** The size after each number of changes. */
  const sizes = [certain.length];
  for (const [index, change] of uncertain.entries()) {
    const size = sizes.at(-1) ?? 0;
    const reach = change.kind === 'write' ? change.offset + change.data.length : change.length;
    sizes.push(change.kind === 'write' ? Math.max(size, reach) : reach);
    const from = change.kind === 'write' ? change.offset : change.length;
    const to = change.kind === 'write' ? reach : size;
    for (let start = from; start < to;) {
      const end = Math.min(to, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES);
      if (index < seenBy(start)) {
        const part =
          change.kind === 'write'
            ? change.data.subarray(start - from, end - from)
            : Buffer.alloc(end - start);
        bytes.write(start, part);
      }
      start = end;
    }
  }
  const whole = loss === 'nothing' ? 0 : uncertain.length;
  const isWhole = loss === 'nothing' || loss === 'everything';
  const kept = isWhole ? whole : loss === 'prefix' ? seenBy(0) : random.whole(0, uncertain.length);
  bytes.setLength(sizes[kept] ?? 0);
  return Buffer.from(bytes.view);
}

/** The names of each directory after the loss. */
function lostNames(disk: Disk, random: Random): (directory: DirectoryNode) => Map<string, Node> {
  const names = new Map<DirectoryNode, Map<string, Node>>();
  const namesOf = (directory: DirectoryNode): Map<string, Node> => {
    let found = names.get(directory);
    if (found === undefined) names.set(directory, (found = new Map(directory.certain)));
    return found;
  };
  const { uncertainNames } = disk;
  const loss = chooseLoss(random);
  const seenBy = chooseSeen(loss, uncertainNames.length, random);
  for (const [index, change] of uncertainNames.entries()) {
    // Each name is a unit of its own.
    const isKept = loss === 'pages' || loss === 'sectors' ? random.chance(0.5) : index < seenBy(0);
    if (isKept) applyNames(change, namesOf);
  }
  return namesOf;
}

/** The same disk and seed give the same image. */
export function powerLossImage(disk: Disk, random: Random): Tree {
  return imageOf(disk.root, lostNames(disk, random), (file) => lostBytes(file, random));
}
