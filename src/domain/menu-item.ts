/** A menu item as it comes, and what its groups of modifiers must be. */
import type { FaultDetail } from '../base/refusal.js';
import type { MenuItem, ModifierGroup } from './rows.js';

type Defaults = Omit<MenuItem, 'id' | 'branch_id' | 'name' | 'price' | 'version'>;

const DEFAULTS: Defaults = {
  names: {},
  category: null,
  station: null,
  tax_rate: 0,
  tax_included: true,
  modifier_groups: [],
  allergens: [],
  prep_seconds: null,
  available: true,
  remaining: null,
  position: 0,
};

/** A new item: name and price must be said, the rest has its default (no station, no tax, on sale, not counted). */
export function newMenuItem(
  branchId: string,
  columns: Pick<MenuItem, 'id' | 'name' | 'price'> & Partial<Defaults>,
): MenuItem {
  return { ...DEFAULTS, ...columns, branch_id: branchId, version: 1 };
}

/** What the schema cannot say: orders name options by id alone, and a choice must be possible. */
export function modifierGroupFaults(groups: readonly ModifierGroup[]): FaultDetail[] {
  const faults: FaultDetail[] = [];
  const groupIds = new Set<string>();
  const optionIds = new Set<string>();
  groups.forEach((group, index) => {
    const path = `/modifier_groups/${String(index)}`;
    if (groupIds.has(group.id)) faults.push({ path: `${path}/id`, reason: 'is there twice' });
    groupIds.add(group.id);
    if (group.min > Math.min(group.max, group.options.length)) {
      faults.push({ path: `${path}/min`, reason: 'is more than can be chosen' });
    }
    group.options.forEach(({ id }, option) => {
      if (optionIds.has(id)) {
        faults.push({ path: `${path}/options/${String(option)}/id`, reason: 'is there twice' });
      }
      optionIds.add(id);
    });
  });
  return faults;
}
