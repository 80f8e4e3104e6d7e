/** How commits settle: once, later, in order, with gapless versions, and all of them before a close. */
import { expect, test } from 'vitest';
import type { CommitOutcome } from '../../../src/store/port.js';
import { commit, committed, orderRequest, seedIds } from '../../support/store.js';
import { branchNow, withStore, type OpenFresh } from './opened.js';

const BOTH = ['main', 'other'] as const;

function orderOf(branchId: string, number: number) {
  return orderRequest(branchId, { orderId: `${branchId}-order-${String(number)}`, number });
}

export function commitContract(openFresh: OpenFresh): void {
  test('S-PORT-1 each commit is settled once, outside the call, in the order handed in', () =>
    withStore(openFresh, BOTH, async ({ store }) => {
      const settled: string[] = [];
      let handedIn = false;
      const last = new Promise<void>((resolve) => {
        for (let number = 1; number <= 40; number += 1) {
          const branchId = BOTH[number % 2] ?? 'main';
          store.commit(orderOf(branchId, number), (outcome) => {
            expect(handedIn).toBe(true);
            settled.push(`${branchId} ${String(number)} ${outcome.kind}`);
            if (number === 40) resolve();
          });
        }
      });
      handedIn = true;
      await last;
      const expected = Array.from(
        { length: 40 },
        (_, index) => `${BOTH[(index + 1) % 2] ?? ''} ${String(index + 1)} committed`,
      );
      expect(settled).toEqual(expected);
    }));

  test('S-PORT-2 I3 versions of each branch rise without a gap, branches interleaved', () =>
    withStore(openFresh, BOTH, async ({ store }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, (_, index) => {
          const branchId = index % 3 === 0 ? 'other' : 'main';
          return commit(store, orderOf(branchId, index + 1)).then((outcome) => ({
            branchId,
            outcome,
          }));
        }),
      );
      for (const branchId of BOTH) {
        const versions = outcomes
          .filter((entry) => entry.branchId === branchId)
          .map(({ outcome }) => (outcome.kind === 'committed' ? outcome.version : null));
        expect(versions).toEqual(versions.map((_, index) => index + 3));
      }
    }));

  test('S-PORT-3 commits handed in together share groups, and a group settles in one turn', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const groupsBefore = store.stats()['groups'] ?? 0;
      let turns = 0;
      let inTurn = false;
      const settles = Array.from(
        { length: 64 },
        (_, index) =>
          new Promise<void>((resolve) => {
            store.commit(orderOf('main', index + 1), () => {
              if (!inTurn) {
                inTurn = true;
                turns += 1;
                queueMicrotask(() => {
                  inTurn = false;
                });
              }
              resolve();
            });
          }),
      );
      await Promise.all(settles);
      const groups = (store.stats()['groups'] ?? 0) - groupsBefore;
      expect(groups).toBeLessThanOrEqual(8);
      expect(turns).toBeLessThanOrEqual(groups);
    }));

  test('S-PORT-4 a settle may hand in the next commit', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const outcome = await new Promise<CommitOutcome>((resolve) => {
        store.commit(orderOf('main', 1), () => {
          store.commit(orderOf('main', 2), resolve);
        });
      });
      expect(outcome).toEqual({ kind: 'committed', version: 4, zNumber: null });
    }));

  test('S-PORT-5 a close settles what was handed in before it, and may be repeated', () =>
    withStore(openFresh, ['main'], async (opened) => {
      const settled: number[] = [];
      for (let number = 1; number <= 20; number += 1) {
        opened.store.commit(orderOf('main', number), (outcome) => {
          if (outcome.kind === 'committed') settled.push(outcome.version);
        });
      }
      await opened.store.close();
      expect(settled).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
      await opened.store.close();
    }));

  test('S-PORT-6 after a close commits are refused as unavailable', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      await store.close();
      expect((await commit(store, orderOf('main', 1))).kind).toBe('unavailable');
    }));

  test('S-PORT-7 status is heard at once, and stats count commits and groups', () =>
    withStore(openFresh, ['main'], async ({ store }) => {
      const heard: string[] = [];
      const stop = store.onStatus(({ state }) => heard.push(state));
      expect(heard).toEqual(['ready']);
      stop();
      const before = store.stats()['commits'] ?? 0;
      await committed(store, orderOf('main', 1));
      expect(store.stats()['commits']).toBe(before + 1);
      expect(store.stats()['groups']).toBeGreaterThan(0);
      expect(store.stats()['queue_length']).toBe(0);
    }));

  test('S-PORT-8 after a reopen everything is the same, and versions go on; else the epoch is new', () =>
    withStore(openFresh, BOTH, async (opened) => {
      await committed(opened.store, orderOf('main', 1));
      if (opened.reopen === undefined) {
        const second = await openFresh();
        expect(second.store.epoch).not.toBe(opened.store.epoch);
        await second.close();
        return;
      }
      const { epoch } = opened.store;
      const order = await opened.store.order('main', 'main-order-1');
      const shift = await opened.store.shift('main', seedIds('main').shift);
      const before = await branchNow(opened, 'main');
      const store = await opened.reopen();
      expect(store.epoch).toBe(epoch);
      expect((await store.load()).find(({ branch }) => branch.id === 'main')).toEqual(before);
      expect(await store.order('main', 'main-order-1')).toEqual(order);
      expect(await store.shift('main', seedIds('main').shift)).toEqual(shift);
      expect(await committed(store, orderOf('main', 2))).toBe(4);
      expect(await committed(store, orderOf('other', 2))).toBe(3);
    }));
}
