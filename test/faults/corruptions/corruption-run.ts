/** Damages a data directory again and again, each time from the pristine copy and by a seed of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../support/random-traffic/random.js';
import { writeTree } from '../recording/tree.js';
import { chooseDamage, damage, type DamageName } from './damage.js';
import { judge, pristineOf, type Outcome, type verifyFile } from './judge.js';
import { SCRATCH, type Copies } from './pristine.js';

const FINDINGS: readonly Outcome[] = ['SILENT', 'SERVED', 'BROKE'];

export interface Finding {
  readonly number: number;
  readonly outcome: Outcome;
  readonly damage: DamageName;
  readonly what: string;
  readonly line: string;
}

export interface CorruptionReport {
  /** How often each kind of damage had each outcome. */
  readonly table: ReadonlyMap<DamageName, ReadonlyMap<Outcome, number>>;
  /** Served silently, or broken over. */
  readonly findings: readonly Finding[];
}

export interface CorruptionRunOptions {
  readonly copies: Copies;
  readonly numbers: readonly number[];
  readonly seed: number;
  /** Default: the hub's own. */
  readonly verify?: typeof verifyFile;
}

export async function runCorruptions(options: CorruptionRunOptions): Promise<CorruptionReport> {
  const { copies, numbers, seed, verify } = options;
  const root = mkdtempSync(join(SCRATCH, 'damaged-'));
  const table = new Map<DamageName, Map<Outcome, number>>();
  const findings: Finding[] = [];
  try {
    writeTree(copies.now, root);
    const pristine = await pristineOf(root);
    for (const number of numbers) {
      const random = new Random(seed * 1_000_003 + number);
      const name = chooseDamage(random);
      const { tree, what } = damage(name, copies, random);
      writeTree(tree, root);
      const { outcome, line } = await judge(root, pristine, verify);
      const row = table.get(name) ?? new Map<Outcome, number>();
      table.set(name, row.set(outcome, (row.get(outcome) ?? 0) + 1));
      if (FINDINGS.includes(outcome)) findings.push({ number, outcome, damage: name, what, line });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return { table, findings };
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
