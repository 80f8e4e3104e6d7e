/**
 * What the writers of one order were told that they did, and whether the hub still holds it: every line, every payment, every
 * change of a quantity, and the money to the penny. Something acknowledged that is not there any more is a lost update.
 */

/** The order as the hub holds it. */
export interface HeldOrder {
  readonly header: { readonly total: number; readonly paid: number };
  readonly lines: readonly HeldLine[];
  readonly payments: readonly { readonly id: string; readonly amount: number }[];
}

interface HeldLine {
  readonly id: string;
  readonly qty: number;
  readonly unit_price: number;
  readonly version: number;
}

/** An acknowledged change: the quantity that the writer saw, the one that it set, and the line's version that it was told. */
export interface QuantityChange {
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

interface LineEntry {
  readonly price: number;
  readonly firstQty: number;
  readonly changes: QuantityChange[];
}

export class OrderLedger {
  readonly #lines = new Map<string, LineEntry>();
  readonly #payments = new Map<string, number>();

  lineAdded(id: string, line: { readonly price: number; readonly qty: number }): void {
    this.#lines.set(id, { price: line.price, firstQty: line.qty, changes: [] });
  }

  quantityChanged(lineId: string, change: QuantityChange): void {
    const line = this.#lines.get(lineId);
    if (line === undefined) throw new Error(`no line ${lineId} was added`);
    line.changes.push(change);
  }

  paymentAdded(id: string, amount: number): void {
    this.#payments.set(id, amount);
  }

  /** One sentence for each update that is lost, and for each that nobody made; empty: all is as it was acknowledged. */
  differences(held: HeldOrder): string[] {
    return [...this.#lineDifferences(held), ...this.#moneyDifferences(held)];
  }

  #lineDifferences({ lines }: HeldOrder): string[] {
    const found: string[] = [];
    const heldLines = new Map(lines.map((line) => [line.id, line]));
    for (const [id, entry] of this.#lines) {
      const held = heldLines.get(id);
      if (held === undefined) found.push(`line ${id} was acknowledged and is gone`);
      else found.push(...chainBreaks(entry, held));
    }
    const strangers = lines.filter(({ id }) => !this.#lines.has(id));
    return [...found, ...strangers.map(({ id }) => `line ${id} was added by nobody`)];
  }

  #moneyDifferences({ header, payments }: HeldOrder): string[] {
    const found: string[] = [];
    const heldPayments = new Map(payments.map(({ id, amount }) => [id, amount]));
    let paid = 0;
    for (const [id, amount] of this.#payments) {
      paid += amount;
      if (heldPayments.get(id) !== amount) found.push(`payment ${id} of ${amount} is lost`);
    }
    const strangers = payments.filter(({ id }) => !this.#payments.has(id));
    found.push(...strangers.map(({ id }) => `payment ${id} was made by nobody`));
    if (header.paid !== paid) found.push(`${header.paid} is paid, ${paid} was acknowledged`);
    const total = this.#total();
    if (header.total !== total) found.push(`the total is ${header.total}, not ${total}`);
    return found;
  }

  #total(): number {
    let total = 0;
    for (const { price, firstQty, changes } of this.#lines.values()) {
      const newest = changes.reduce<QuantityChange | null>(
        (best, change) => (best === null || change.version > best.version ? change : best),
        null,
      );
      total += price * (newest?.to ?? firstQty);
    }
    return total;
  }
}

/** Each change has to build on the one before it, and the line to stand where the last one left it. */
function chainBreaks({ price, firstQty, changes }: LineEntry, held: HeldLine): string[] {
  const found: string[] = [];
  const about = (words: string): void => {
    found.push(`line ${held.id}: ${words}`);
  };
  let version = 1;
  let qty = firstQty;
  for (const change of [...changes].sort((a, b) => a.version - b.version)) {
    if (change.version !== version + 1) about(`${version} is followed by ${change.version}`);
    if (change.from !== qty) about(`${change.version} overwrote ${qty}, which it never saw`);
    version = change.version;
    qty = change.to;
  }
  if (held.version !== version) about(`stands at version ${held.version}, not ${version}`);
  if (held.qty !== qty) about(`holds ${held.qty}, not ${qty}`);
  if (held.unit_price !== price) about(`costs ${held.unit_price}, not ${price}`);
  return found;
}
