import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyMessage, replicaOf, type Replica } from '../../src/protocol/apply.js';
import type {
  Changes,
  DeltaMessage,
  SnapshotMessage,
  ViewRow,
} from '../../src/protocol/messages.js';

function snapshot(version: number, tables: Record<string, ViewRow[]>): SnapshotMessage {
  const head = {
    type: 'snapshot',
    channel: 'main/orders',
    view: 'orders',
    branchId: 'main',
  } as const;
  return { ...head, epoch: 'e1', version, serverTime: 0, tables };
}

function delta(baseVersion: number, newVersion: number, changes: Changes): DeltaMessage {
  return { type: 'delta', channel: 'main/orders', baseVersion, newVersion, changes };
}

const LINE = { id: 'l1', version: 2, status: 'queued', modifiers: [{ id: 'm', name: 'No salt' }] };
const OTHER = { id: 'l2', version: 1, status: 'new', modifiers: [] };
const HELD = replicaOf(
  snapshot(10, { order_line: [LINE, OTHER], order_header: [{ id: 'o1', version: 1 }] }),
);

function applied(replica: Replica, changes: Changes): Replica {
  const result = applyMessage(replica, delta(replica.version, replica.version + 1, changes));
  if (result.kind !== 'applied') throw new Error(JSON.stringify(result));
  return result.replica;
}

function line(replica: Replica, id: string): ViewRow | undefined {
  return replica.tables.get('order_line')?.get(id);
}

describe('the rule of deltas', () => {
  const deletes = { order_line: { deleted: ['l1'] } };

  test.each([
    [8, 9],
    [9, 10],
    [10, 10],
  ])('P-DELTA-1 from %d to %d is dropped at 10', (base, next) => {
    expect(applyMessage(HELD, delta(base, next, deletes))).toEqual({ kind: 'dropped' });
  });

  test.each([
    [10, 11],
    [10, 15],
    [7, 11],
  ])('P-DELTA-2 from %d to %d is applied whole at 10', (base, next) => {
    const result = applyMessage(HELD, delta(base, next, deletes));
    expect(result).toMatchObject({ kind: 'applied', replica: { version: next, epoch: 'e1' } });
    expect(result.kind === 'applied' && line(result.replica, 'l1')).toBeUndefined();
  });

  test('P-DELTA-3 from 11 to 12 is a gap at 10', () => {
    expect(applyMessage(HELD, delta(11, 12, deletes)).kind).toBe('gap');
    expect(line(HELD, 'l1')).toBe(LINE);
  });

  test('P-DELTA-3 a delta before any snapshot is a gap', () => {
    expect(applyMessage(null, delta(0, 1, {})).kind).toBe('gap');
  });

  test('P-DELTA-4 inserted puts a row, deleted takes it, and one not held is passed over', () => {
    const put = { id: 'l1', version: 2, status: 'ready' };
    const after = applied(HELD, {
      order_line: { inserted: [put, { id: 'l9', version: 1 }], deleted: ['l2', 'nobody'] },
      order_payment: { inserted: [{ id: 'p1', version: 1 }] },
    });
    expect([...(after.tables.get('order_line')?.values() ?? [])]).toEqual([
      put,
      { id: 'l9', version: 1 },
    ]);
    expect(after.tables.get('order_payment')?.size).toBe(1);
  });

  test('P-DELTA-5 an update that is not newer than the row is passed over', () => {
    for (const version of [1, 2]) {
      const updated = [{ id: 'l1', version, changes: { status: 'voided' } }];
      expect(line(applied(HELD, { order_line: { updated } }), 'l1')).toBe(LINE);
    }
  });

  test('P-DELTA-5 changes come before the patch, and the version is that after both', () => {
    const update = {
      id: 'l1',
      version: 5,
      changes: {
        modifiers: [
          { id: 'm', name: 'No salt' },
          { id: 'n', name: 'Hot' },
        ],
      },
      patch: [{ op: 'replace', path: '/modifiers/1/name', value: 'Mild' }] as const,
    };
    expect(line(applied(HELD, { order_line: { updated: [update] } }), 'l1')).toEqual({
      ...LINE,
      version: 5,
      modifiers: [
        { id: 'm', name: 'No salt' },
        { id: 'n', name: 'Mild' },
      ],
    });
  });

  test('P-DELTA-5 an update of hidden columns raises the version alone', () => {
    const updated = [{ id: 'l1', version: 3 }];
    expect(line(applied(HELD, { order_line: { updated } }), 'l1')).toEqual({ ...LINE, version: 3 });
  });

  test.each([
    ['a row that is not held', { id: 'l7', version: 3, changes: { status: 'ready' } }],
    ['a part that is not there', { id: 'l1', version: 3, patch: [{ op: 'remove', path: '/x/0' }] }],
  ] as const)('P-DELTA-6 an update of %s is a gap, and nothing is applied', (_, update) => {
    const changes = { order_line: { deleted: ['l2'], updated: [update] } };
    expect(applyMessage(HELD, delta(10, 11, changes)).kind).toBe('gap');
    expect(HELD.tables.get('order_line')?.size).toBe(2);
  });

  test('P-DELTA-7 a snapshot replaces everything, also by an older version of another epoch', () => {
    const next = { ...snapshot(3, { station: [{ id: 's', version: 1 }] }), epoch: 'e2' };
    const result = applyMessage(HELD, next);
    expect(result).toEqual({ kind: 'applied', replica: replicaOf(next) });
    expect(result.kind === 'applied' && [...result.replica.tables.keys()]).toEqual(['station']);
  });

  test('P-DELTA-8 what does not change keeps its identity', () => {
    const updated = [{ id: 'l1', version: 3, changes: { status: 'ready' } }];
    const after = applied(HELD, { order_line: { updated } });
    expect(line(after, 'l2')).toBe(OTHER);
    expect(line(after, 'l1')?.['modifiers']).toBe(LINE.modifiers);
    expect(after.tables.get('order_header')).toBe(HELD.tables.get('order_header'));
    expect(line(HELD, 'l1')).toBe(LINE);
  });

  test('P-DELTA-9 a catch-up of another epoch is a gap', () => {
    const head = {
      type: 'snapshot:delta',
      channel: 'main/orders',
      serverTime: 0,
      changes: {},
    } as const;
    const catchUp = { ...head, baseVersion: 10, newVersion: 12 };
    expect(applyMessage(HELD, { ...catchUp, epoch: 'e2' }).kind).toBe('gap');
    expect(applyMessage(HELD, { ...catchUp, epoch: 'e1' }).kind).toBe('applied');
  });

  test('P-DELTA-10 a snapshot and the deltas after it come to the last snapshot', () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      does: fc.constantFrom('put', 'change', 'delete'),
      value: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(3), (steps, overlap) => {
        const states: Map<string, ViewRow>[] = [new Map()];
        const messages = steps.map(({ id, does, value }, index) => {
          const rows = new Map(states[index]);
          const held = rows.get(id);
          const version = index + 1;
          let changes: Changes = {};
          if (does === 'delete') {
            rows.delete(id);
            changes = { t: { deleted: [id] } };
          } else if (does === 'put' || held === undefined) {
            rows.set(id, { id, version, value });
            changes = { t: { inserted: [{ id, version, value }] } };
          } else {
            rows.set(id, { ...held, version, value });
            changes = { t: { updated: [{ id, version, changes: { value } }] } };
          }
          states.push(rows);
          return delta(Math.max(0, index - overlap), version, changes);
        });
        let replica = replicaOf(snapshot(0, { t: [] }));
        for (const sent of messages.flatMap((sent) => [sent, sent])) {
          const result = applyMessage(replica, sent);
          if (result.kind === 'applied') replica = result.replica;
          expect(result.kind).not.toBe('gap');
        }
        expect(replica.version).toBe(steps.length);
        expect(replica.tables.get('t')).toEqual(states.at(-1));
      }),
    );
  });
});
