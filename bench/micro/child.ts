/** A process of its own for the single steps: measures each of them once and tells what it cost. */
import { join } from 'node:path';
import { openCommits, type Commits } from './commits.js';
import { measure, type Cost, type MeasureOptions } from './operation.js';
import { operations } from './operations.js';

export interface MicroOrder extends MeasureOptions {
  /** Of the databases. */
  readonly directory: string;
  /** From the last step to the first. */
  readonly reversed: boolean;
}

export type MicroCosts = readonly (readonly [name: string, cost: Cost])[];

export type MicroAnswer =
  | { readonly kind: 'costs'; readonly costs: MicroCosts }
  | { readonly kind: 'failed'; readonly error: string };

async function measureAll({ directory, reversed, ...options }: MicroOrder): Promise<MicroCosts> {
  const opened: Commits[] = [];
  try {
    for (const durability of ['full', 'normal'] as const) {
      opened.push(await openCommits(join(directory, durability), durability));
    }
    const all = [...operations(), ...opened.flatMap(({ operations: of }) => of)];
    const costs = new Map<string, Cost>();
    for (const operation of reversed ? all.toReversed() : all) {
      costs.set(operation.name, await measure(operation, options));
    }
    return all.map(({ name }) => [name, costs.get(name) ?? { nanoseconds: NaN, bytes: NaN }]);
  } finally {
    for (const commits of opened) await commits.close();
  }
}

process.once('message', (order: MicroOrder) => {
  measureAll(order)
    .then(
      (costs): MicroAnswer => ({ kind: 'costs', costs }),
      (error: unknown): MicroAnswer => ({
        kind: 'failed',
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
    .then((answer) => {
      process.send?.(answer, () => {
        process.disconnect();
      });
    })
    .catch(() => process.exit(1));
});
