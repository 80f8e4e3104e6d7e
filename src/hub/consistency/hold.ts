/** Holds records as commands do: orders and menu items by their mutexes, anything else with the whole branch. */
import type { RecordIds } from '../../store/port.js';
import type { BranchHub } from '../branch/branch.js';
import type { Release } from '../locks.js';
import { tablesOf } from './compare.js';

export function holdRecords(hub: BranchHub, records: RecordIds): Release | Promise<Release> {
  const { order_header: orders = [], menu_item: items = [] } = records;
  const others = tablesOf(records).some(
    ([table, ids]) => table !== 'order_header' && table !== 'menu_item' && ids.length > 0,
  );
  return hub.hold(others ? 'exclusive' : 'shared', [
    ...orders.map((id) => `order:${id}`),
    ...items.map((id) => `item:${id}`),
  ]);
}
