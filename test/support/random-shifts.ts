/**
 * Random weeks of one branch, decided by the domain's own commands: several shifts, hand-overs, carried orders, refunds in later
 * shifts, voids, comps, splits, merges, recalls and late sales. The same seed makes the same weeks.
 */
import type { CommandContext, CommandDefinition } from '../../src/domain/command.js';
import { serialChanges } from '../../src/domain/change-set.js';
import { COMMANDS, type CommandName } from '../../src/domain/registry.js';
import type { ShiftSummary } from '../../src/domain/reports/figures.js';
import type { OrderHeader, OrderLine, Role } from '../../src/domain/rows.js';
import type { CommitRequest } from '../../src/store/port.js';
import type { FoldedEvent } from './checkers/naive-figures.js';
import { TestBranch } from './domain.js';
import { Random } from './random-traffic/random.js';
import { makeBranch, makeItem, makeStaff } from './rows.js';
import { inserted, request } from './store.js';

const HOUR = 3_600_000;
/** Short, and often exactly a bound of the kitchen's buckets. */
const TICK = 5_000;

export interface Happened {
  readonly request: CommitRequest;
  readonly event: FoldedEvent;
  /** Where it ended a shift. */
  readonly summary?: ShiftSummary;
  readonly zReport?: unknown;
}

export class RandomShifts {
  readonly branch: TestBranch;
  readonly #random: Random;
  readonly #menuMoves: boolean;
  #role: Role = 'manager';
  #clientAt: number | null = null;

  /** `menuMoves`: items change their category between shifts. */
  constructor(seed: number, { menuMoves = true } = {}) {
    this.#random = new Random(seed);
    this.#menuMoves = menuMoves;
    const rules = {
      service_charge_rate: 1_250,
      service_charge_order_types: ['dine_in' as const],
      service_charge_tax_rate: 2_000,
      rounding_unit: seed % 2 === 0 ? 5 : 1,
    };
    this.branch = new TestBranch({ branch: makeBranch({ tax_rules: rules }), shift: null });
    const items = [
      makeItem({ id: 'steak', tax_rate: 2_000, price: 1_999 }),
      makeItem({
        id: 'beer',
        name: 'Beer',
        station: 'bar',
        price: 333,
        tax_rate: 1_000,
        tax_included: false,
        category: 'bar',
      }),
      makeItem({ id: 'water', name: 'Water', station: null, price: 101, category: null }),
    ];
    for (const item of items) this.branch.put('menu_item', item);
    this.branch.put('staff', makeStaff({ id: 'cashier-2', name: 'Bob' }));
  }

  /** The rows that are there before anything happens, as the commit that brings them. */
  seeding(): Happened {
    const { tables } = this.branch;
    const names = ['branch', 'station', 'menu_item', 'staff'] as const;
    const changeSet = names.flatMap((name) =>
      [...tables[name].values()].map((row) => inserted(name, row)),
    );
    return this.#happened(request('main', changeSet, { key: 'seed', command: 'branch.seed' }));
  }

  /** One step; null: nothing came of it. */
  step(): Happened | null {
    const random = this.#random;
    this.branch.now += random.chance(0.05)
      ? random.whole(1, 20) * HOUR
      : random.whole(1, 72) * TICK;
    this.#role = random.pick(['manager', 'admin'] as const) ?? 'manager';
    const { shift } = this.branch;
    this.#clientAt = this.#takenAt(shift?.opened_at ?? this.branch.now);
    if (shift === null) return this.#give('shift.open', { opening_float: random.whole(0, 20_000) });
    if (random.chance(0.02)) return this.#end(shift.id);
    return this.#sell(shift.id);
  }

  /** Mostly unknown, else long ago or around the minute before the shift. */
  #takenAt(openedAt: number): number | null {
    const random = this.#random;
    if (random.chance(0.8)) return null;
    return random.chance(0.5)
      ? this.branch.now - random.whole(0, 12 * HOUR)
      : openedAt - random.whole(0, 24) * TICK;
  }

  #end(shift_id: string): Happened | null {
    const counted_cash = this.#random.whole(0, 90_000);
    if (this.#random.chance(0.5)) {
      return this.#give('shift.handover', { shift_id, to_staff_id: 'cashier-2', counted_cash });
    }
    return this.#give('shift.close', { shift_id, counted_cash, carry_over: true });
  }

  #sell(shift_id: string): Happened | null {
    const random = this.#random;
    const unfinished = this.branch.unfinishedOrders();
    if (unfinished.length < 6 && random.chance(0.3)) return this.#open();
    const header = random.pick(unfinished);
    switch (random.whole(1, 14)) {
      case 1:
        return this.#cash(shift_id);
      case 2:
        return this.#refund();
      case 3:
        return random.chance(0.2) ? this.#reopen(shift_id) : null;
      case 4:
        return this.#menu();
      case 5:
        return this.#kitchen(random.pick([...this.branch.tables.order_header.values()]), shift_id);
      default:
        return header === undefined ? this.#open() : this.#onOrder(header, shift_id);
    }
  }

  #open(): Happened | null {
    const random = this.#random;
    return this.#give('order.open', {
      order_type: random.pick(['dine_in', 'takeaway', 'delivery']),
      table_no: '1',
      guests: random.pick([null, 0, 2, 5]),
      lines: this.#lines(),
    });
  }

  #lines() {
    const random = this.#random;
    return Array.from({ length: random.whole(1, 4) }, () => ({
      item_id: random.pick(['steak', 'beer', 'water']) ?? 'steak',
      qty: random.whole(1, 4),
    }));
  }

  #onOrder(header: OrderHeader, shift_id: string): Happened | null {
    const random = this.#random;
    const order_id = header.id;
    const settled = header.total === header.paid && header.paid > 0;
    if (settled && random.chance(0.4)) return this.#give('order.close', { order_id });
    const line = random.pick(this.branch.order(order_id)?.lines ?? []);
    const line_id = line?.id ?? 'none';
    const reason = random.pick(['late', 'cold', '']) ?? '';
    switch (random.whole(1, 22)) {
      case 1:
        return this.#give('order.add_lines', { order_id, lines: this.#lines() });
      case 2:
      case 3:
        return this.#give('order.send', { order_id });
      case 4:
        return this.#discount(order_id, random.chance(0.5) ? { line_id } : {});
      case 5:
        return this.#give('order.void_line', { order_id, line_id, reason });
      case 6:
        if (random.chance(0.6)) return null;
        return this.#give('order.void', { order_id, reason });
      case 7:
        return this.#split(order_id, line);
      case 8:
        return this.#merge(order_id);
      case 9:
      case 10:
      case 11:
        return this.#pay(header);
      default:
        return this.#kitchen(header, shift_id);
    }
  }

  #discount(order_id: string, of: object): Happened | null {
    const random = this.#random;
    const percent = { kind: 'percent', value: random.pick([1_000, 3_333, 10_000]) };
    const amount = { kind: 'amount', value: random.whole(1, 3_000) };
    const chosen = random.chance(0.5) ? percent : amount;
    return this.#give('order.discount', {
      order_id,
      ...of,
      ...chosen,
      reason: random.pick(['regular', 'late']),
    });
  }

  #split(order_id: string, line: OrderLine | undefined): Happened | null {
    if (line === undefined) return null;
    return this.#give('order.split', {
      order_id,
      lines: [{ line_id: line.id, qty: this.#random.whole(1, line.qty) }],
    });
  }

  #merge(order_id: string): Happened | null {
    const into = this.#random.pick(this.branch.unfinishedOrders());
    return this.#give('order.merge', { order_id, into_order_id: into?.id ?? 'none' });
  }

  #pay({ id, total, paid }: OrderHeader): Happened | null {
    const random = this.#random;
    const due = total - paid;
    if (due <= 0) return null;
    return this.#give('payment.add', {
      order_id: id,
      method: random.pick(['cash', 'card', 'voucher', 'account']),
      amount: random.chance(0.7) ? due : random.whole(1, due),
      tip: random.pick([0, 0, 50, 125]),
    });
  }

  /** Of any order, also of an earlier shift. */
  #refund(): Happened | null {
    const paid = [...this.branch.tables.order_payment.values()].filter(
      ({ kind }) => kind === 'payment',
    );
    const payment = this.#random.pick(paid);
    if (payment === undefined) return null;
    const amount = this.#random.whole(1, Math.max(1, payment.amount));
    return this.#give('payment.refund', { payment_id: payment.id, amount, reason: 'cold' });
  }

  #reopen(shiftId: string): Happened | null {
    const closed = [...this.branch.tables.order_header.values()].filter(
      ({ status, shift_id }) => status === 'closed' && shift_id === shiftId,
    );
    const order = this.#random.pick(closed);
    return order === undefined
      ? null
      : this.#give('order.reopen', { order_id: order.id, reason: 'more' });
  }

  /** Forward or back; what is over with its shift goes forward alone. */
  #kitchen(header: OrderHeader | undefined, shiftId: string): Happened | null {
    if (header === undefined) return null;
    const lines = (this.branch.order(header.id)?.lines ?? []).filter(
      ({ sent_at }) => sent_at !== null,
    );
    const line = this.#random.pick(lines);
    if (line === undefined) return null;
    const all = ['preparing', 'ready', 'served'] as const;
    const forward = all.slice(all.indexOf(line.status as 'ready') + 1);
    const status = this.#random.pick(header.shift_id === shiftId ? all : forward);
    return this.#give('kitchen.set_status', { order_id: header.id, line_ids: [line.id], status });
  }

  #cash(shift_id: string): Happened | null {
    const name = this.#random.pick([
      'cash.paid_in',
      'cash.paid_out',
      'cash.drop',
      'cash.no_sale',
    ] as const);
    const moved = { shift_id, reason: 'float' };
    if (name === undefined || name === 'cash.no_sale') return this.#give('cash.no_sale', moved);
    return this.#give(name, { ...moved, amount: this.#random.whole(1, 5_000) });
  }

  #menu(): Happened | null {
    if (!this.#menuMoves) return null;
    const [id, category] = [
      this.#random.pick(['steak', 'beer']),
      this.#random.pick(['mains', 'grills', null]),
    ];
    return this.#give('menu.put_item', { id, category });
  }

  #give(name: CommandName, payload: object): Happened | null {
    const { branch } = this;
    const command = COMMANDS[name as keyof typeof COMMANDS] as unknown as CommandDefinition<
      string,
      object
    >;
    const context: CommandContext = { ...branch.context(this.#role), clientAt: this.#clientAt };
    const decision = branch.run(command, payload, context);
    if (decision.kind !== 'change') return null;
    const { changeSet, zNumberOf = null, summary } = decision;
    const closed = changeSet.find(
      ({ table, after }) => table === 'pos_shift' && after.id === summary?.shiftId,
    );
    return this.#happened(
      request('main', changeSet, {
        ...{ key: `k${String(branch.history.length)}`, command: name, at: branch.now, zNumberOf },
        ...(summary !== undefined && { summary }),
      }),
      closed?.table === 'pos_shift' ? closed.after.z_report : undefined,
    );
  }

  #happened(made: CommitRequest, zReport?: unknown): Happened {
    const { summary, at, changeSet } = made;
    const changes = JSON.parse(JSON.stringify(serialChanges(changeSet))) as FoldedEvent['changes'];
    return { request: made, event: { at, changes }, ...(summary && { summary, zReport }) };
  }
}
