/** The modifiers that a guest chose, checked against what the menu offers with the item. */
import type { Decision } from './command.js';
import { itemUnavailable } from './portions.js';
import { invalid } from './refused.js';
import type { LineModifier, MenuItem, ModifierGroup, ModifierOption } from './rows.js';

export type Chosen =
  | { readonly kind: 'chosen'; readonly modifiers: readonly LineModifier[] }
  | { readonly kind: 'refused'; readonly decision: Decision };

/**
 * Options by id, in the order given. An option may be named twice (double cheese) and then counts twice against its group's
 * `max`; every group's `min` must be met.
 */
export function chooseModifiers(item: MenuItem, ids: readonly string[], path: string): Chosen {
  const counts = new Map<ModifierGroup, number>();
  const modifiers: LineModifier[] = [];
  for (const [index, id] of ids.entries()) {
    const at = `${path}/${index.toString()}`;
    const found = findOption(item, id);
    if (found === undefined) return refusedAs(invalid(at, `${item.name} has no option ${id}`));
    const { group, option } = found;
    if (!option.available) {
      return refusedAs(itemUnavailable(item, at, `${option.name} is not available now`));
    }
    counts.set(group, (counts.get(group) ?? 0) + 1);
    modifiers.push({ id: option.id, name: option.name, price: option.price });
  }
  for (const group of item.modifier_groups) {
    const count = counts.get(group) ?? 0;
    if (count < group.min) {
      return refusedAs(invalid(path, `${group.name} takes at least ${group.min.toString()}`));
    }
    if (count > group.max) {
      return refusedAs(invalid(path, `${group.name} takes at most ${group.max.toString()}`));
    }
  }
  return { kind: 'chosen', modifiers };
}

function refusedAs(decision: Decision): Chosen {
  return { kind: 'refused', decision };
}

function findOption(
  item: MenuItem,
  id: string,
): { readonly group: ModifierGroup; readonly option: ModifierOption } | undefined {
  for (const group of item.modifier_groups) {
    const option = group.options.find((candidate) => candidate.id === id);
    if (option !== undefined) return { group, option };
  }
  return undefined;
}
