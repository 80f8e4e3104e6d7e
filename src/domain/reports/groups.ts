/** Adds up rows by group, for reports: the same list comes out in whatever order the rows went in. */

type Part = string | number | boolean | null;

/** A row in the making: the parts of its key, and sums. */
type Cells = Record<string, Part>;

/** Groups of `Row` by the columns of its key; each holds a sum of every other column. */
export class Groups<Row extends object> {
  readonly #first: string;
  readonly #others: readonly string[];
  readonly #sums: readonly string[];
  /** By the first part of the key: few have another part in common with it. */
  readonly #groups = new Map<Part, Cells[]>();

  /** Both together are all columns of `Row`, in the order in which they come out. */
  constructor(
    [first, ...others]: readonly [keyof Row & string, ...(keyof Row & string)[]],
    sums: readonly (keyof Row & string)[],
  ) {
    this.#first = first;
    this.#others = others;
    this.#sums = sums;
  }

  /** Further properties are left alone. Years are merged of tens of thousands of rows: only a group's first one is copied. */
  add(row: Row): void {
    const cells = row as Readonly<Cells>;
    const first = cells[this.#first] ?? null;
    const alike = this.#groups.get(first);
    const group = alike?.find((one) => this.#isOf(one, cells));
    if (group !== undefined) {
      for (const sum of this.#sums) group[sum] = Number(group[sum]) + Number(cells[sum]);
    } else if (alike !== undefined) {
      alike.push(this.#copyOf(cells));
    } else {
      this.#groups.set(first, [this.#copyOf(cells)]);
    }
  }

  /** By the parts of the key, rising; a part that is null comes last. */
  list(): Row[] {
    const groups = [...this.#groups.values()].flat().sort((a, b) => this.#compare(a, b));
    return groups.map((group) => ({ ...group }) as Row);
  }

  #isOf(group: Cells, cells: Readonly<Cells>): boolean {
    for (const key of this.#others) if (group[key] !== cells[key]) return false;
    return true;
  }

  #copyOf(cells: Readonly<Cells>): Cells {
    const copy: Cells = {};
    for (const key of [this.#first, ...this.#others]) copy[key] = cells[key] ?? null;
    for (const sum of this.#sums) copy[sum] = cells[sum] ?? 0;
    return copy;
  }

  #compare(a: Cells, b: Cells): number {
    for (const key of [this.#first, ...this.#others]) {
      const order = compareParts(a[key] ?? null, b[key] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  }
}

function compareParts(a: Part, b: Part): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
