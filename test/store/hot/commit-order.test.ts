import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitOrder } from '../../../src/store/hot/commit-order.js';

interface Row {
  readonly id: string;
  readonly at: number;
}

type Step =
  | { readonly kind: 'put'; readonly id: string }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'putOldest'; readonly id: string }
  /** The next commit writes several rows under one version. */
  | { readonly kind: 'commit'; readonly ids: readonly string[] };

const ID = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), id: ID }),
  fc.record({ kind: fc.constant('delete' as const), id: ID }),
  fc.record({ kind: fc.constant('putOldest' as const), id: ID }),
  fc.record({ kind: fc.constant('commit' as const), ids: fc.array(ID, { maxLength: 4 }) }),
);

/** The same by the simplest means: every row with its version, sorted when asked. */
class NaiveOrder {
  readonly rows = new Map<string, { row: Row; version: number; written: number }>();
  #written = 0;

  put(row: Row, version: number): void {
    this.#written += 1;
    this.rows.set(row.id, { row, version, written: this.#written });
  }

  putOldest(row: Row): void {
    if (!this.rows.has(row.id)) this.rows.set(row.id, { row, version: 0, written: 0 });
  }

  since(version: number): Row[] {
    return [...this.rows.values()]
      .filter((held) => held.version > version)
      .sort((one, other) => other.written - one.written)
      .map(({ row }) => row);
  }
}

function play(steps: readonly Step[]): {
  order: CommitOrder<Row>;
  naive: NaiveOrder;
  version: number;
} {
  const order = new CommitOrder<Row>();
  const naive = new NaiveOrder();
  let version = 0;
  for (const [at, step] of steps.entries()) {
    if (step.kind === 'delete') {
      order.delete(step.id);
      naive.rows.delete(step.id);
    } else if (step.kind === 'putOldest') {
      order.putOldest({ id: step.id, at });
      naive.putOldest({ id: step.id, at });
    } else {
      version += 1;
      for (const id of step.kind === 'commit' ? step.ids : [step.id]) {
        order.put({ id, at }, version);
        naive.put({ id, at }, version);
      }
    }
  }
  return { order, naive, version };
}

describe('rows in commit order', () => {
  it('S-HOT-1 what was written after a version is told newest first, for every version', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 40, size: 'max' }), (steps) => {
        const { order, naive, version } = play(steps);
        for (let since = 0; since <= version + 1; since += 1) {
          expect([...order.writtenSince(since)]).toEqual(naive.since(since));
        }
      }),
      { seed: 32, numRuns: 200 },
    );
  });

  it('S-HOT-1 each row is held once, with the version that wrote it last', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 40, size: 'max' }), (steps) => {
        const { order, naive } = play(steps);
        expect(order.size).toBe(naive.rows.size);
        expect(new Set(order.values())).toEqual(
          new Set([...naive.rows.values()].map(({ row }) => row)),
        );
        for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
          expect(order.get(id)).toEqual(naive.rows.get(id)?.row);
          expect(order.has(id)).toBe(naive.rows.has(id));
          expect(order.commitVersionOf(id)).toBe(naive.rows.get(id)?.version ?? 0);
        }
      }),
      { seed: 32, numRuns: 200 },
    );
  });

  it('S-HOT-2 a row that came back unwritten is told to nobody who asks what was written', () => {
    const order = new CommitOrder<Row>();
    order.put({ id: 'new', at: 1 }, 7);
    order.putOldest({ id: 'back', at: 0 });
    expect([...order.writtenSince(0)].map(({ id }) => id)).toEqual(['new']);
    order.put({ id: 'back', at: 2 }, 8);
    expect([...order.writtenSince(7)].map(({ id }) => id)).toEqual(['back']);
  });
});
