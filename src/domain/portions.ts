/** Counted portions: rung-up lines take them, corrections before sending give them back. */
import type { Draft } from './draft.js';
import type { Decision } from './command.js';
import { refused } from './refused.js';
import type { MenuItem } from './rows.js';

/** `path` is a JSON pointer to what named the item. */
export function itemUnavailable(item: MenuItem, path: string, reason: string): Decision {
  return refused('item_unavailable', `${item.name}: ${reason}`, {
    details: { item_id: item.id, path, remaining: item.remaining },
  });
}

/** Takes `qty` portions where they are counted; refuses an item that is off the menu or short of them. */
export function takePortions(
  draft: Draft,
  item: MenuItem,
  { qty, path }: { readonly qty: number; readonly path: string },
): Decision | undefined {
  if (!item.available) return itemUnavailable(item, path, 'not available now');
  const { remaining } = draft.current('menu_item', item);
  if (remaining === null) return undefined;
  if (remaining < qty) return itemUnavailable(item, path, `${remaining.toString()} left`);
  draft.update('menu_item', item, { remaining: remaining - qty });
  return undefined;
}

/** Gives portions back where they are counted; nothing to do for an item that has left the menu. */
export function returnPortions(draft: Draft, item: MenuItem | undefined, qty: number): void {
  if (item === undefined) return;
  const { remaining } = draft.current('menu_item', item);
  if (remaining !== null) draft.update('menu_item', item, { remaining: remaining + qty });
}
