/** An evening's service for tests of the hub: an open shift, a till, and the versions of every record that was acknowledged. */
import type { Expect } from '../../src/domain/command.js';
import type { CommandName, CommandPayloads } from '../../src/domain/registry.js';
import type { TableName } from '../../src/domain/rows.js';
import type { AckMessage } from '../../src/protocol/messages.js';
import { TestHub, type TestHubOptions } from '../support/hub.js';
import type { CommandReply, HubClient } from '../support/hub-client.js';

/** The records that a command changes, whose versions it has to name. */
type Changing = Partial<Record<TableName, readonly string[]>>;

export class Evening {
  readonly hub: TestHub;
  /** A cashier who follows nothing. */
  readonly till: HubClient;
  readonly #versions = new Map<string, number>();
  #shiftId = '';

  private constructor(hub: TestHub, till: HubClient) {
    this.hub = hub;
    this.till = till;
  }

  /** A hub with an open shift. */
  static async begin(options: TestHubOptions = {}): Promise<Evening> {
    const hub = await TestHub.open(options);
    const evening = new Evening(hub, await hub.client({ role: 'cashier', deviceId: 'till-1' }));
    await evening.openShift();
    return evening;
  }

  /** A hub on a store whose shift is open already. */
  static async reopened(options: TestHubOptions): Promise<Evening> {
    const hub = await TestHub.open(options);
    return new Evening(hub, await hub.client({ role: 'cashier', deviceId: 'till-1' }));
  }

  get shiftId(): string {
    return this.#shiftId;
  }

  async openShift(): Promise<AckMessage> {
    const opened = await this.give('shift.open', { opening_float: 10_000 });
    this.#noteShift(opened);
    return opened;
  }

  async closeShift(carryOver = false): Promise<AckMessage> {
    return this.give(
      'shift.close',
      { shift_id: this.#shiftId, counted_cash: 10_000, carry_over: carryOver },
      { changing: { pos_shift: [this.#shiftId] } },
    );
  }

  async handOver(): Promise<AckMessage> {
    const handed = await this.give(
      'shift.handover',
      { shift_id: this.#shiftId, counted_cash: 10_000, to_staff_id: 'sam' },
      { changing: { pos_shift: [this.#shiftId] } },
    );
    this.#noteShift(handed);
    return handed;
  }

  /** Opens an order; its lines are called `<order>-1`, `<order>-2`, ... */
  async order(orderId: string, items: readonly string[] = [], table = '1'): Promise<AckMessage> {
    const lines = items.map((item, index) => ({
      line_id: `${orderId}-${String(index + 1)}`,
      item_id: item,
      qty: 1,
    }));
    return this.give('order.open', {
      order_id: orderId,
      order_type: 'dine_in',
      table_no: table,
      ...(lines.length > 0 && { lines }),
    });
  }

  /** Opens an order and sends it to the kitchen. */
  async sent(orderId: string, items: readonly string[] = ['burger']): Promise<AckMessage> {
    await this.order(orderId, items);
    return this.give('order.send', { order_id: orderId });
  }

  async bump(
    orderId: string,
    lineIds: readonly string[],
    status: 'preparing' | 'ready' | 'served',
    by?: HubClient,
  ): Promise<AckMessage> {
    const cook = by ?? (await this.hub.client({ role: 'kitchen' }));
    return this.give(
      'kitchen.set_status',
      { order_id: orderId, line_ids: [...lineIds], status },
      { by: cook, changing: { order_line: lineIds } },
    );
  }

  async pay(orderId: string, amount: number): Promise<AckMessage> {
    return this.give('payment.add', { order_id: orderId, method: 'card', amount });
  }

  async close(orderId: string): Promise<AckMessage> {
    return this.give(
      'order.close',
      { order_id: orderId },
      { changing: { order_header: [orderId] } },
    );
  }

  /** Gives a command that has to succeed, with the versions as they stand. */
  async give<Name extends CommandName>(
    name: Name,
    payload: CommandPayloads[Name],
    { by = this.till, changing }: { readonly by?: HubClient; readonly changing?: Changing } = {},
  ): Promise<AckMessage> {
    const reply = await by.command(name, payload, {
      ...(changing !== undefined && { expect: this.versions(changing) }),
    });
    return this.note(reply);
  }

  /** Takes in what an acknowledgement says; anything else fails the test. */
  note(reply: CommandReply): AckMessage {
    if (reply.type !== 'ack') throw new Error(`refused: ${JSON.stringify(reply)}`);
    const records = (reply.result?.['records'] ?? {}) as Record<string, Record<string, number>>;
    for (const [table, versions] of Object.entries(records)) {
      for (const [id, version] of Object.entries(versions)) {
        this.#versions.set(`${table}/${id}`, version);
      }
    }
    return reply;
  }

  /** `expect` for these records, as they stand. */
  versions(changing: Changing): Expect {
    return Object.fromEntries(
      Object.entries(changing).map(([table, ids]) => [
        table,
        Object.fromEntries(ids.map((id) => [id, this.version(table as TableName, id)])),
      ]),
    );
  }

  version(table: TableName, id: string): number {
    const seeded = table === 'menu_item' || table === 'station' ? 1 : 0;
    return this.#versions.get(`${table}/${id}`) ?? seeded;
  }

  /** Time goes by in steps of a second; `each` runs after every step. */
  async pass(seconds: number, each: (second: number) => void = () => {}): Promise<void> {
    for (let second = 1; second <= seconds; second += 1) {
      this.hub.clock.advance(1_000);
      this.hub.timers.advance(1_000);
      await this.hub.settle();
      each(second);
    }
  }

  async settle(): Promise<void> {
    await this.hub.settle();
  }

  async end(): Promise<void> {
    await this.hub.close();
  }

  #noteShift({ result }: AckMessage): void {
    const records = result?.['records'] as { pos_shift: Record<string, number> };
    const ids = Object.keys(records.pos_shift).filter((id) => id !== this.#shiftId);
    this.#shiftId = ids[0] ?? '';
  }
}
