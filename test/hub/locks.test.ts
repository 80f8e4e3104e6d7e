import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordLocks } from '../../src/hub/locks.js';
import { ShiftGate, type ShiftHold } from '../../src/hub/shift-gate.js';

/** Lets every promise run that is ready to. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the mutexes of records', () => {
  it('H-LOCK-1 whoever asks first holds first, on every one of several records', async () => {
    const locks = new RecordLocks();
    const order: string[] = [];
    const work = async (name: string, records: readonly string[]): Promise<void> => {
      const release = await locks.acquire(records);
      order.push(name);
      await turn();
      release();
    };
    await Promise.all([
      work('first', ['a', 'b']),
      work('second', ['b', 'c']),
      work('third', ['c', 'a']),
      work('other', ['d']),
      work('fourth', ['a']),
    ]);
    expect(order.filter((name) => name !== 'other')).toEqual([
      'first',
      'second',
      'third',
      'fourth',
    ]);
    expect(order.indexOf('other')).toBeLessThan(2);
  });

  it('H-LOCK-2 a record named twice counts once, and no record at all is held at once', async () => {
    const locks = new RecordLocks();
    const release = await locks.acquire(['a', 'a']);
    expect(locks.size).toBe(1);
    release();
    (await locks.acquire([]))();
    expect(locks.size).toBe(0);
  });

  it('H-LOCK-3 two never hold one record, none waits for ever, and nothing is left behind', async () => {
    const records = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(records, { maxLength: 12 }), async (asked) => {
        const locks = new RecordLocks();
        const held = new Set<string>();
        await Promise.all(
          asked.map(async (names) => {
            const release = await locks.acquire(names);
            for (const name of new Set(names)) {
              expect(held.has(name)).toBe(false);
              held.add(name);
            }
            await turn();
            for (const name of names) held.delete(name);
            release();
          }),
        );
        expect(locks.size).toBe(0);
      }),
      { seed: 31, numRuns: 60 },
    );
  });
});

describe('the gate of the open shift', () => {
  it('H-LOCK-4 many hold it shared, one alone, and a waiting one is overtaken by nobody', async () => {
    const gate = new ShiftGate();
    const order: string[] = [];
    const hold = async (name: string, how: ShiftHold): Promise<() => void> => {
      const release = await gate.acquire(how);
      order.push(name);
      return release;
    };
    const [first, second] = await Promise.all([hold('s1', 'shared'), hold('s2', 'shared')]);
    const closing = hold('close', 'exclusive');
    const late = hold('s3', 'shared');
    const later = hold('s4', 'shared');
    await turn();
    expect(order).toEqual(['s1', 's2']);
    first();
    await turn();
    expect(order).toEqual(['s1', 's2']);
    second();
    const closed = await closing;
    await turn();
    expect(order).toEqual(['s1', 's2', 'close']);
    closed();
    await Promise.all([late, later]);
    expect(order).toEqual(['s1', 's2', 'close', 's3', 's4']);
  });

  it('H-LOCK-4 whatever comes, an exclusive holder is alone and all get their turn in order', async () => {
    const holds = fc.array(fc.constantFrom<ShiftHold>('shared', 'exclusive'), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(holds, async (asked) => {
        const gate = new ShiftGate();
        const entered: number[] = [];
        const inside = { shared: 0, exclusive: 0 };
        await Promise.all(
          asked.map(async (how, index) => {
            const release = await gate.acquire(how);
            entered.push(index);
            inside[how] += 1;
            if (inside.exclusive > 0) expect(inside.exclusive + inside.shared).toBe(1);
            await turn();
            inside[how] -= 1;
            release();
          }),
        );
        expect(entered).toEqual(asked.map((_, index) => index));
      }),
      { seed: 31, numRuns: 60 },
    );
  });
});
