/** Adds up figures by group, for reports: the same list comes out in whatever order the records went in. */

type Part = string | number | boolean | null;

/** Groups by the parts of `Key`; each holds a sum under every name of `Figure`. */
export class Groups<Key extends Readonly<Record<string, Part>>, Figure extends string> {
  readonly #groups = new Map<string, { key: Key; sums: Record<Figure, number> }>();

  /** `key` must list its parts in the same order at every call. */
  add(key: Key, figures: Readonly<Record<Figure, number>>): void {
    let name = '';
    for (const part in key) name += nameOf(key[part] ?? null);
    const group = this.#groups.get(name);
    if (group === undefined) {
      this.#groups.set(name, { key, sums: { ...figures } });
      return;
    }
    for (const figure of Object.keys(figures) as Figure[]) group.sums[figure] += figures[figure];
  }

  /** By the parts of the key, rising; a part that is null comes last. */
  list(): (Key & Record<Figure, number>)[] {
    const groups = [...this.#groups.values()].sort((a, b) => compareKeys(a.key, b.key));
    return groups.map(({ key, sums }) => ({ ...key, ...sums }));
  }

  /** By one sum, falling; equal ones by their keys. */
  ranked(figure: Figure): (Key & Record<Figure, number>)[] {
    return this.list().sort((a, b) => b[figure] - a[figure]);
  }
}

/** Texts with their length before them: whatever they hold, two keys that differ have different names. */
function nameOf(part: Part): string {
  return typeof part === 'string' ? `${String(part.length)}:${part}` : `${String(part)},`;
}

function compareKeys(a: Readonly<Record<string, Part>>, b: Readonly<Record<string, Part>>): number {
  for (const part of Object.keys(a)) {
    const order = compareParts(a[part] ?? null, b[part] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: Part, b: Part): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
