import { expect, it } from 'vitest';
import { Draft } from '../../src/domain/draft.js';
import { TestBranch } from '../support/domain.js';
import { makeHeader, makeItem, makeLine, NOON } from '../support/rows.js';

function branchWithOrder(): TestBranch {
  const branch = new TestBranch();
  branch.put('order_header', makeHeader({ subtotal: 1_000, total: 1_000 }));
  branch.put('order_line', makeLine());
  return branch;
}

it('D-DRAFT-1 a row stands once in the change set, one version up, with its net changes', () => {
  const branch = branchWithOrder();
  branch.now = NOON + 5;
  const draft = new Draft(branch, branch.context());
  const line = branch.row('order_line', 'line-1');
  draft.update('order_line', line, { qty: 2, note: 'rare' });
  const after = draft.update('order_line', line, { qty: 3 });
  expect(after).toEqual({ ...line, qty: 3, note: 'rare', updated_at: NOON + 5, version: 2 });
  expect(draft.decision()).toEqual({
    kind: 'change',
    changeSet: [
      {
        table: 'order_line',
        before: line,
        after,
        changes: { qty: 3, note: 'rare', updated_at: NOON + 5, version: 2 },
      },
    ],
  });
});

it('D-DRAFT-2 columns that are equal already are no change, inside JSON too; nothing drafted is unchanged', () => {
  const branch = branchWithOrder();
  branch.now = NOON + 5;
  const draft = new Draft(branch, branch.context());
  const line = branch.row('order_line', 'line-1');
  expect(draft.update('order_line', line, { qty: 1, modifiers: [] })).toBe(line);
  const item = makeItem({ names: { ar: 'a', fr: 'b' } });
  branch.put('menu_item', item);
  expect(draft.update('menu_item', item, { names: { fr: 'b', ar: 'a' } })).toBe(item);
  draft.update('order_line', line, { qty: 2 });
  expect(draft.update('order_line', line, { qty: 1 })).toBe(line);
  expect(draft.decision()).toEqual({ kind: 'unchanged' });
});

it('D-DRAFT-3 rows are written parents first, whatever the order in which they were drafted', () => {
  const branch = branchWithOrder();
  const draft = new Draft(branch, branch.context());
  draft.update('menu_item', branch.row('menu_item', 'steak'), { remaining: 3 });
  draft.insert('order_line', makeLine({ id: 'line-2', order_id: 'order-2' }));
  draft.insert('order_header', makeHeader({ id: 'order-2' }));
  draft.update('pos_shift', branch.row('pos_shift', 'shift-1'), { counted_cash: 1 });
  const decision = draft.decision();
  const tables = decision.kind === 'change' ? decision.changeSet.map(({ table }) => table) : [];
  expect(tables).toEqual(['pos_shift', 'order_header', 'order_line', 'menu_item']);
});

it('D-DRAFT-4 an order is seen as drafted: new rows, changed rows, lines that came and lines that left', () => {
  const branch = branchWithOrder();
  const draft = new Draft(branch, branch.context());
  draft.insert('order_header', makeHeader({ id: 'order-2' }));
  draft.update('order_line', branch.row('order_line', 'line-1'), { order_id: 'order-2', seq: 2 });
  draft.insert('order_line', makeLine({ id: 'line-2', order_id: 'order-2', seq: 1 }));
  expect(draft.order('order-1')?.lines).toEqual([]);
  expect(draft.order('order-2')?.lines.map(({ id }) => id)).toEqual(['line-2', 'line-1']);
  expect(draft.order('order-3')).toBeUndefined();
});

it('D-DRAFT-5 settling changes the header only where its totals, status or stations follow', () => {
  const branch = branchWithOrder();
  const draft = new Draft(branch, branch.context());
  draft.update('order_line', branch.row('order_line', 'line-1'), { note: 'rare' });
  draft.settleOrder('order-1');
  const header = branch.row('order_header', 'order-1');
  expect(draft.current('order_header', header)).toBe(header);
});

it('D-DRAFT-6 the totals of a closed order stand as they were closed', () => {
  const branch = branchWithOrder();
  const closed = makeHeader({ status: 'closed', total: 999, subtotal: 999 });
  branch.put('order_header', closed);
  const draft = new Draft(branch, branch.context());
  draft.settleOrder('order-1');
  expect(draft.decision()).toEqual({ kind: 'unchanged' });
});
