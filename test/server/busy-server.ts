/** A whole server with a little of everything behind it: orders, refusals, replays, resumed screens and HTTP requests. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { silentLog } from '../../src/base/log.js';
import type { Role } from '../../src/domain/rows.js';
import { readConfig, startServer, type RunningServer } from '../../src/index.js';
import { dial, JSON_TEXT } from './door.js';

/** Compiled workers (`npm run build`). */
const WORKERS = new URL('../../dist/', import.meta.url);

type Message = Readonly<Record<string, unknown>>;

export interface Secrets {
  readonly customer: string;
  readonly staff: string;
  readonly device: string;
  readonly note: string;
}

export interface BusyServer {
  readonly server: RunningServer;
  /** What was told to it and must not come out of it. */
  readonly secrets: Secrets;
  /** Every token in use. */
  readonly tokens: readonly string[];
  metrics(): Promise<string>;
  close(): Promise<void>;
}

export class Caller {
  readonly #socket: WebSocket;
  #ids = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Resolves with the answer that bears the request's id. */
  async ask(message: Message): Promise<Message> {
    this.#ids += 1;
    const id = String(this.#ids);
    this.#socket.send(JSON.stringify({ ...message, id }));
    for (;;) {
      const [text] = (await once(this.#socket, 'message')) as [Buffer];
      const heard = JSON.parse(text.toString()) as Message;
      if (heard['id'] === id) return heard;
    }
  }

  command(name: string, payload: object, more: Message = {}): Promise<Message> {
    const key = crypto.randomUUID();
    return this.ask({ type: 'command', key, name, branchId: 'main', payload, ...more });
  }
}

export async function startBusyServer(store: 'sqlite' | 'memory'): Promise<BusyServer> {
  const folder = mkdtempSync(join(tmpdir(), 'busy-'));
  const flags = { data: folder, port: '0', store, demo: 'yes' };
  const { config } = readConfig({ flags, environment: {}, envFile: {} });
  const server = await startServer(config, { log: silentLog, workerDirectory: WORKERS });
  const secrets = {
    customer: 'Zebedee Quill',
    staff: 'Wilhelmina',
    device: 'till-xylophone',
    note: 'no peanuts for table nine',
  };
  const tokens: string[] = [];
  const connect = async (role: Role): Promise<Caller> => {
    const { staff, device } = secrets;
    const principal = { id: staff, name: staff, role, branch_id: 'main', device_id: device };
    const token = await server.tokens.sign(principal, 60);
    tokens.push(token);
    const caller = new Caller(await dial(Number(new URL(server.url).port), [JSON_TEXT]));
    await caller.ask({ type: 'hello', token });
    return caller;
  };
  await beBusy(connect, secrets);
  await fetch(`${server.url}/healthz`);
  await fetch(`${server.url}/nothing/${encodeURIComponent(secrets.customer)}`);
  return {
    server,
    secrets,
    tokens,
    metrics: async () => (await fetch(`${server.url}/metrics`)).text(),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function beBusy(
  connect: (role: Role) => Promise<Caller>,
  { customer, note }: Secrets,
): Promise<void> {
  const till = await connect('cashier');
  await till.command('shift.open', { opening_float: 10_000 });
  const order = { order_id: 'o1', order_type: 'dine_in', customer_name: customer, note };
  await till.command('order.open', order, { key: 'k1' });
  await till.command('order.open', order, { key: 'k1' });
  await till.command('order.open', { order_id: 'o2', order_type: 'takeaway' });
  const screen = await connect('waiter');
  const view = { type: 'subscribe', view: 'orders', branchId: 'main' };
  const { epoch, version } = await screen.ask(view);
  await till.command('order.update', { order_id: 'o1', guests: 2 }, { expect: at(9) });
  await till.command('order.update', { order_id: 'o1', guests: 2 }, { expect: at(1) });
  const again = await connect('waiter');
  const { newVersion } = await again.ask({ ...view, since: { epoch, version } });
  await again.ask({ ...view, since: { epoch, version: newVersion } });
  await again.ask({ ...view, since: { epoch: 'another', version } });
}

function at(version: number) {
  return { order_header: { o1: version } };
}
