/** Figures as verification knows them: counts, lists whose entries are named by some columns, kitchen times, a drawer. */

export type Entry = Readonly<Record<string, unknown>>;
export type Figures = Readonly<Record<string, unknown>>;

/** Columns that name the entries of each list; the others are sums. */
export const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  taxes: ['rate'],
  discounts: ['reason', 'by_staff'],
  comps: ['reason', 'by_staff'],
  voids: ['reason', 'by_staff'],
  by_hour: ['hour'],
  by_order_type: ['order_type'],
  by_staff: ['by_staff'],
  by_station: ['station'],
  by_item: ['item_id', 'name', 'category'],
  payments: ['method'],
  tips: ['method', 'by_staff'],
  late: ['device_id'],
  kitchen: ['station'],
};

/** Upper bounds of the buckets of kitchen times, inclusive; one more bucket holds what took longer. */
export const BOUNDS_MS: readonly number[] = [
  ...[15, 30, 45, 60, 90, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600, 720, 840, 960],
  ...[1_080, 1_200, 1_500, 1_800, 2_400, 3_600, 5_400, 7_200],
].map((seconds) => seconds * 1_000);

/** Of several shifts together. */
export function sumOf(all: Iterable<Figures>): Figures {
  let sum: Record<string, unknown> | null = null;
  for (const figures of all) sum = sum === null ? { ...figures } : added(sum, figures);
  return sum ?? {};
}

function added(sum: Figures, more: Figures): Record<string, unknown> {
  const result: Record<string, unknown> = { ...sum };
  for (const [name, value] of Object.entries(more)) {
    const keys = LIST_KEYS[name];
    if (keys !== undefined) {
      result[name] = byKeys([...(sum[name] as Entry[]), ...(value as Entry[])], keys);
    } else result[name] = addedValue(sum[name], value);
  }
  return result;
}

/** Numbers, buckets and a map of numbers, such as the drawer. */
function addedValue(a: unknown, b: unknown): unknown {
  if (Array.isArray(b)) {
    const [one, other] = [(a ?? []) as number[], b as number[]];
    const length = Math.max(one.length, other.length);
    return Array.from({ length }, (_, index) => (one[index] ?? 0) + (other[index] ?? 0));
  }
  if (typeof b === 'number') return Number(a ?? 0) + b;
  const sums = Object.entries(b as Entry).map(
    ([name, value]) => [name, addedValue((a as Entry | undefined)?.[name], value)] as const,
  );
  return Object.fromEntries(sums);
}

/** Entries of the same name added up; in the order of their names, text by code unit, null last. */
export function byKeys(entries: readonly Entry[], keys: readonly string[]): Entry[] {
  const groups = new Map<string, Entry>();
  for (const entry of entries) {
    const name = JSON.stringify(keys.map((key) => entry[key]));
    const found = groups.get(name);
    groups.set(name, found === undefined ? entry : addedEntry(found, entry, keys));
  }
  return [...groups.values()].sort((a, b) => compare(a, b, keys));
}

function addedEntry(a: Entry, b: Entry, keys: readonly string[]): Entry {
  return Object.fromEntries(
    Object.entries(b).map(([name, value]) => [
      name,
      keys.includes(name) ? value : addedValue(a[name], value),
    ]),
  );
}

function compare(a: Entry, b: Entry, keys: readonly string[]): number {
  for (const key of keys) {
    const [one, other] = [a[key], b[key]] as [string | number | null, string | number | null];
    if (one === other) continue;
    if (one === null) return 1;
    if (other === null) return -1;
    return one < other ? -1 : 1;
  }
  return 0;
}
