/** The check of the bench's `conflicts`: it counts only because it finds a lost update that was planted. */
import { beforeEach, describe, expect, it } from 'vitest';
import { OrderLedger, type HeldOrder } from '../../bench/load/ledger.js';

describe('what the writers were told against what the hub holds', () => {
  let ledger: OrderLedger;
  let held: HeldOrder;

  beforeEach(() => {
    ledger = new OrderLedger();
    ledger.lineAdded('soup', { price: 550, qty: 1 });
    ledger.lineAdded('rings', { price: 450, qty: 2 });
    ledger.paymentAdded('card', 300);
    // The answers came in another order than the commits.
    ledger.quantityChanged('soup', { version: 3, from: 2, to: 3 });
    ledger.quantityChanged('soup', { version: 2, from: 1, to: 2 });
    held = {
      header: { total: 3 * 550 + 2 * 450, paid: 300 },
      lines: [
        { id: 'soup', qty: 3, unit_price: 550, version: 3 },
        { id: 'rings', qty: 2, unit_price: 450, version: 1 },
      ],
      payments: [{ id: 'card', amount: 300 }],
    };
  });

  it('finds nothing where all is there', () => {
    expect(ledger.differences(held)).toEqual([]);
  });

  it('finds an update that overwrote one which it never saw', () => {
    // Both writers saw 3; the second was let through with the version of the first.
    ledger.quantityChanged('soup', { version: 4, from: 3, to: 4 });
    ledger.quantityChanged('soup', { version: 5, from: 3, to: 4 });
    const [, rings] = held.lines;
    if (rings === undefined) throw new Error('two lines');
    const lines = [{ id: 'soup', qty: 4, unit_price: 550, version: 5 }, rings];
    const header = { ...held.header, total: 4 * 550 + 2 * 450 };
    expect(ledger.differences({ ...held, header, lines })).toEqual([
      'line soup: 5 overwrote 4, which it never saw',
    ]);
  });

  it('finds two updates that were told the same version', () => {
    ledger.quantityChanged('soup', { version: 3, from: 2, to: 3 });
    expect(ledger.differences(held)).toContain('line soup: 3 is followed by 3');
  });

  it('finds an acknowledged update that the line does not hold', () => {
    ledger.quantityChanged('rings', { version: 2, from: 2, to: 3 });
    expect(ledger.differences(held)).toEqual([
      'line rings: stands at version 1, not 2',
      'line rings: holds 2, not 3',
      'the total is 2550, not 3000',
    ]);
  });

  it('finds a line and a payment that are gone, or that nobody made', () => {
    const lines = held.lines.map((line) => (line.id === 'rings' ? { ...line, id: 'x' } : line));
    const payments = [{ id: 'y', amount: 300 }];
    expect(ledger.differences({ ...held, lines, payments })).toEqual([
      'line rings was acknowledged and is gone',
      'line x was added by nobody',
      'payment card of 300 is lost',
      'payment y was made by nobody',
    ]);
  });

  it('finds a penny', () => {
    const header = { total: held.header.total - 1, paid: held.header.paid + 1 };
    expect(ledger.differences({ ...held, header })).toHaveLength(2);
  });
});
