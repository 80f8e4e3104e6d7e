/** Replays of the sample day on a hub of their own, through the same door as the command line. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileText } from '../../../src/server/cli/replay/csv.js';
import { runReplay, type ReplayResult } from '../../../src/server/cli/replay/run.js';
import { isRight, summaryOf } from '../../../src/server/cli/replay/summary.js';

/** Worker threads run compiled files. */
const DIST = new URL('../../../dist/', import.meta.url);
const ROOT = new URL('../../../', import.meta.url);

async function sample(name: string): Promise<FileText> {
  return { name, text: await readFile(new URL(`data/demo/${name}`, ROOT), 'utf8') };
}

describe('replay', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expeditor-replay-test-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function replay(more: { orders?: FileText; journal?: string } = {}): Promise<ReplayResult> {
    return runReplay({
      orders: more.orders ?? (await sample('sample-orders.csv')),
      menu: await sample('sample-menu.csv'),
      selection: {},
      speed: null,
      tills: 2,
      screens: 5,
      ...(more.journal === undefined ? {} : { journal: more.journal }),
      stage: { branch: 'main', data: join(directory, 'data'), workerDirectory: DIST },
      output: new PassThrough().resume(),
    });
  }

  it('R-RUN-1 the sample day reconciles to the penny, and every screen equals a fresh snapshot', async () => {
    const result = await replay();
    expect(summaryOf(result)).toContain('All of it is right.');
    expect(result.reconciliation.found).toEqual({
      orders: 28,
      lines: 119,
      units: 174,
      pence: 123_410,
    });
    expect(result.pricesChanged).toBe(1);
    expect(result.played.rows).toBeGreaterThan(0);
  });

  it('R-RUN-2 a replay that goes on where another stopped doubles nothing; a third has nothing to do', async () => {
    const orders = await sample('sample-orders.csv');
    const [header = '', ...rows] = orders.text.trim().split('\n');
    const early = rows.filter((row) => /14\/02\/2026 1[1-8]:/.test(row));
    await replay({ orders: { ...orders, text: [header, ...early].join('\n') } });
    const journal = join(directory, 'journal');
    const second = await replay({ journal });
    expect(isRight(second)).toBe(true);
    expect(second.ledger.replayed).toBeGreaterThan(0);
    const lines = (await readFile(journal, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(second.ledger.acknowledged);
    const third = await replay();
    expect(isRight(third)).toBe(true);
    expect(third).toMatchObject({ ordersThereAlready: 28, ledger: { acknowledged: 0 } });
  });
});
