/** An order as one document, its rows keyed by id so that a patch of it stays small, with what a role may see of them. */
import { publicRow, type PublicRow } from '../../domain/public-row.js';
import type { Role } from '../../domain/rows.js';
import type { PatchOperation } from '../../protocol/messages.js';
import { diffRecord } from '../../protocol/patch.js';
import type { OrderRowState, OrderTable } from '../../store/history.js';

type Rows = Readonly<Record<string, PublicRow>>;

/** What an order was at a moment: `{}` before it was there. */
export interface OrderDocument {
  readonly header?: PublicRow;
  readonly lines?: Rows;
  readonly payments?: Rows;
  readonly adjustments?: Rows;
}

const PARTS = {
  order_line: 'lines',
  order_payment: 'payments',
  order_adjustment: 'adjustments',
} as const satisfies Partial<Record<OrderTable, keyof OrderDocument>>;

export class OrderDocumentBuilder {
  readonly #role: Role;
  #header: PublicRow | null = null;
  readonly #parts = {
    lines: new Map<string, PublicRow>(),
    payments: new Map<string, PublicRow>(),
    adjustments: new Map<string, PublicRow>(),
  };

  constructor(role: Role) {
    this.#role = role;
  }

  /** Takes the rows in and gives the operations that a client's copy needs for it. */
  put(states: readonly OrderRowState[]): PatchOperation[] {
    const isNew = this.#header === null;
    const operations = states.flatMap((state) => this.#putRow(state));
    return isNew ? this.#whole() : operations;
  }

  document(): OrderDocument {
    if (this.#header === null) return {};
    const { lines, payments, adjustments } = this.#parts;
    return {
      header: this.#header,
      lines: Object.fromEntries(lines),
      payments: Object.fromEntries(payments),
      adjustments: Object.fromEntries(adjustments),
    };
  }

  #whole(): PatchOperation[] {
    return Object.entries(this.document()).map(([part, value]) => ({
      op: 'add',
      path: `/${part}`,
      value: value as unknown,
    }));
  }

  #putRow({ table, id, row }: OrderRowState): PatchOperation[] {
    const after = row === null ? null : publicRow(table, row, this.#role);
    if (table === 'order_header') {
      const before = this.#header;
      this.#header = after;
      return diffRecord(before, after, ['header']);
    }
    const part = this.#parts[PARTS[table]];
    const before = part.get(id) ?? null;
    if (after === null) part.delete(id);
    else part.set(id, after);
    return diffRecord(before, after, [PARTS[table], id]);
  }
}
