/** Damages a data directory again and again, each time from the pristine copy and by a seed of its own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../../src/client/client.js';
import { Random } from '../../support/random-traffic/random.js';
import { CommandBook } from '../recording/command-book.js';
import { readTree, writeTree } from '../recording/tree.js';
import { Restaurant } from '../scenarios/restaurant.js';
import { thenEnded } from '../scenarios/restart.js';
import { chooseDamage, damage, type Copies, type DamageName } from './damage.js';
import { judge, stateOf, verifyFile, type Outcome, type StoredState } from './judge.js';

const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** Longer than the heads take to be remembered: what is lost within that time stays invisible, as the design says. */
const REMEMBERED_MS = 1_500;

export interface Silent {
  readonly number: number;
  readonly damage: DamageName;
  readonly what: string;
  readonly line: string;
}

export interface CorruptionReport {
  /** How often each kind of damage had each outcome. */
  readonly table: ReadonlyMap<DamageName, ReadonlyMap<Outcome, number>>;
  /** Served silently, or broken over. */
  readonly silent: readonly Silent[];
}

/** A shift that ended in the database, an orderly stop, then another that ends in the log. */
async function twoEvenings(root: string): Promise<Omit<Copies, 'other'>> {
  const restaurant = new Restaurant(new CommandBook());
  let shift = '';
  const evening = async (till: Client): Promise<void> => {
    await Promise.all([1, 2].map(() => restaurant.serve(till)));
    await restaurant.ringUp(till);
    shift = await restaurant.handOver(till, shift);
    await pause(REMEMBERED_MS);
  };
  await thenEnded(root, 'stop', async (till) => {
    shift = await restaurant.openShift(till);
    await evening(till);
  });
  let older = readTree(root);
  await thenEnded(root, 'kill', async (till) => {
    await evening(till);
    older = readTree(root);
    await restaurant.serve(till);
    await pause(REMEMBERED_MS);
  });
  return { now: readTree(root), older };
}

/** Of a killed hub with closed shifts, an open one and a log: now, and before; and of another restaurant. */
export async function pristineCopies(): Promise<Copies> {
  const root = mkdtempSync(join(SCRATCH, 'pristine-'));
  const [one, two] = [join(root, 'one'), join(root, 'two')];
  try {
    const main = await twoEvenings(one);
    await thenEnded(two, 'kill', async (till) => {
      const restaurant = new Restaurant(new CommandBook());
      await restaurant.openShift(till);
      await restaurant.serve(till);
      await pause(REMEMBERED_MS);
    });
    return { ...main, other: readTree(two) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export interface CorruptionRunOptions {
  readonly copies: Copies;
  readonly numbers: readonly number[];
  readonly seed: number;
  /** Default: the hub's own. */
  readonly verify?: typeof verifyFile;
  readonly onJudged?: (number: number) => void;
}

export async function runCorruptions(options: CorruptionRunOptions): Promise<CorruptionReport> {
  const { copies, numbers, seed, verify = verifyFile } = options;
  const root = mkdtempSync(join(SCRATCH, 'damaged-'));
  const table = new Map<DamageName, Map<Outcome, number>>();
  const silent: Silent[] = [];
  try {
    const pristine = pristineState(copies, root);
    for (const number of numbers) {
      const random = new Random(seed * 1_000_003 + number);
      const name = chooseDamage(random);
      const { tree, what } = damage(name, copies, random);
      writeTree(tree, root);
      const { outcome, line } = await judge(root, pristine, verify);
      const row = table.get(name) ?? new Map<Outcome, number>();
      table.set(name, row.set(outcome, (row.get(outcome) ?? 0) + 1));
      if (outcome === 'SILENT' || outcome === 'BROKE') {
        silent.push({ number, damage: name, what, line });
      }
      options.onJudged?.(number);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return { table, silent };
}

function pristineState(copies: Copies, root: string): StoredState {
  writeTree(copies.now, root);
  return stateOf(root);
}

/** As a table in plain text. */
export function describeReport({ table }: CorruptionReport): string {
  const rows = [...table]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, outcomes]) => {
      const counts = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`);
      return `${name.padEnd(16)} ${counts.sort().join(', ')}`;
    });
  return rows.join('\n');
}
