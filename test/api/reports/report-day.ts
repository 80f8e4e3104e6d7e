/** A small day of the demo restaurant on a served database, and its reports by every door. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, type Client } from '../../../src/client/node.js';
import type { Expect } from '../../../src/domain/command.js';
import type { Role } from '../../../src/domain/rows.js';
import type { OrderGetResult } from '../../../src/protocol/results.js';
import type { Config } from '../../../src/index.js';
import { startCommand } from '../../support/hub-process.js';
import { Served, type Answer } from '../served.js';

const WORKERS = new URL('../../../dist/', import.meta.url);
const MINUTE = 60_000;
/** A Monday, noon in London. */
export const NOON = Date.parse('2026-05-18T11:00:00Z');
export const DATE = '2026-05-18';

interface Person {
  readonly id: string;
  readonly role: Role;
}

export const LUCY: Person = { id: 'lucy', role: 'cashier' };
export const GEORGE: Person = { id: 'george', role: 'manager' };
const COOK: Person = { id: 'kitchen', role: 'kitchen' };

export interface DayOrder {
  readonly id: string;
  readonly type: 'dine_in' | 'takeaway' | 'delivery';
  readonly guests?: number;
  readonly items: readonly string[];
  readonly method: 'cash' | 'card';
  readonly tip?: number;
  /** Why 10 % were taken off. */
  readonly discount?: string;
  /** Why the last line is given up after it was sent. */
  readonly voided?: string;
}

export class ReportDay {
  readonly api: Served;
  readonly directory: string;
  readonly #time: { at: number };
  readonly #clients: Client[] = [];

  private constructor(api: Served, directory: string, time: { at: number }) {
    this.api = api;
    this.directory = directory;
    this.#time = time;
  }

  static async start(config: Partial<Config> = {}): Promise<ReportDay> {
    const directory = mkdtempSync(join(tmpdir(), 'expeditor-reports-'));
    const time = { at: NOON };
    const api = await Served.start(
      { data: directory, store: 'sqlite', ...config },
      { clock: { now: () => time.at }, workerDirectory: WORKERS },
    );
    return new ReportDay(api, directory, time);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.api.stop();
    rmSync(this.directory, { recursive: true });
  }

  pass(minutes: number): void {
    this.#time.at += minutes * MINUTE;
  }

  token({ id, role }: Person, branchId = 'main', branches?: readonly string[]): Promise<string> {
    const principal = { id, name: id, role, branch_id: branchId, device_id: `device-${id}` };
    return this.api.server.tokens.sign(principal, 60, branches === undefined ? {} : { branches });
  }

  async give(by: Person, name: string, payload: object, expect?: Expect): Promise<void> {
    const answer = await this.api.ask('POST', '/branches/main/commands', {
      token: await this.token(by),
      headers: { 'idempotency-key': crypto.randomUUID() },
      body: { name, payload, ...(expect !== undefined && { expect }) },
    });
    if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
  }

  async order(orderId: string): Promise<OrderGetResult> {
    const token = await this.token(LUCY);
    const { body } = await this.api.ask('GET', `/branches/main/orders/${orderId}`, { token });
    return body as unknown as OrderGetResult;
  }

  /** From the first line to the last coin; `closed` false: it stays open and unpaid. */
  async serve(order: DayOrder, { closed = true } = {}): Promise<void> {
    const { id, type, guests, items, discount, voided } = order;
    await this.give(LUCY, 'order.open', {
      order_id: id,
      order_type: type,
      ...(guests !== undefined && { guests }),
      lines: items.map((item_id, place) => ({ line_id: `${id}-${place}`, item_id, qty: 1 })),
    });
    await this.give(LUCY, 'order.send', { order_id: id });
    if (voided !== undefined) await this.#void(id, voided);
    if (discount !== undefined) {
      const { header } = await this.order(id);
      const payload = { order_id: id, kind: 'percent', value: 1_000, reason: discount };
      const expect = { order_header: { [id]: header.version } };
      await this.give(LUCY, 'order.discount', payload, expect);
    }
    await this.#cook(id);
    if (closed) await this.#pay(order);
  }

  async #void(id: string, reason: string): Promise<void> {
    const line = (await this.order(id)).lines.at(-1);
    if (line === undefined) throw new Error('there is a line');
    const payload = { order_id: id, line_id: line.id, reason };
    await this.give(LUCY, 'order.void_line', payload, { order_line: { [line.id]: line.version } });
  }

  async #cook(id: string): Promise<void> {
    for (const [status, minutes] of [
      ['preparing', 2],
      ['ready', 7],
      ['served', 1],
    ] as const) {
      this.pass(minutes);
      const { lines } = await this.order(id);
      const cooked = lines.filter((line) => line.station !== null && line.status !== 'voided');
      const expect = Object.fromEntries(cooked.map((line) => [line.id, line.version]));
      const payload = { order_id: id, line_ids: cooked.map((line) => line.id), status };
      await this.give(COOK, 'kitchen.set_status', payload, { order_line: expect });
    }
  }

  async #pay({ id, method, tip = 0 }: DayOrder): Promise<void> {
    const amount = (await this.order(id)).header.total;
    await this.give(LUCY, 'payment.add', {
      ...{ order_id: id, payment_id: `${id}-paid`, method, amount },
      ...(tip > 0 && { tip }),
    });
    const { header } = await this.order(id);
    const expect = { order_header: { [id]: header.version } };
    await this.give(LUCY, 'order.close', { order_id: id }, expect);
  }

  async client(by: Person): Promise<Client> {
    const url = `${this.api.server.url.replace('http', 'ws')}/ws`;
    const client = connectClient({ url, token: await this.token(by) });
    this.#clients.push(client);
    return client;
  }

  /** `path` below the API, by a manager. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.api.ask('GET', path, { token: await this.token(GEORGE), headers });
  }

  /** What `expeditor report` prints, and its exit code. */
  report(...args: readonly string[]): ReturnType<typeof startCommand> {
    return startCommand(['report', ...args, '--data', this.directory]);
  }
}

/** What the day sells: every figure that a report has is in it. */
export const ORDERS: readonly DayOrder[] = [
  {
    id: 'o1',
    type: 'dine_in',
    guests: 2,
    items: ['hummus', 'lentil-soup', 'halloumi'],
    method: 'cash',
    discount: 'Neighbour',
  },
  {
    id: 'o2',
    type: 'takeaway',
    items: ['halloumi', 'lentil-soup'],
    method: 'card',
    tip: 150,
    voided: 'Dropped <script>alert("x")</script>',
  },
  { id: 'o3', type: 'delivery', items: ['hummus'], method: 'card', discount: '=1+1' },
];
