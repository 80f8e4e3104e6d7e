/** A whole server on a free port of this machine with the demo restaurants in memory, asked over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.js';
import type { Role } from '../../src/domain/rows.js';
import {
  readConfig,
  startServer,
  type Config,
  type Overrides,
  type RunningServer,
} from '../../src/index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text. */
  readonly body: Record<string, unknown>;
}

export interface Asking {
  /** Default: a cashier's. null: none. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Person {
  readonly role: Role;
  readonly branchId?: string;
  readonly deviceId?: string;
  readonly secondsToLive?: number;
}

export class Served {
  readonly server: RunningServer;
  readonly folder: string;
  #keys = 0;

  private constructor(server: RunningServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  static async start(more: Partial<Config> = {}, overrides: Overrides = {}): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), 'expeditor-api-'));
    const flags = { data: folder, port: '0', store: 'memory', demo: 'yes' };
    const { config } = readConfig({ flags, environment: {}, envFile: {} });
    const server = await startServer({ ...config, ...more }, { log: silentLog, ...overrides });
    return new Served(server, folder);
  }

  token({ role, branchId = 'main', deviceId, secondsToLive = 60 }: Person): Promise<string> {
    const device = deviceId ?? `${role}-1`;
    const principal = { id: role, name: role, role, branch_id: branchId, device_id: device };
    return this.server.tokens.sign(principal, secondsToLive);
  }

  /** `path` is below /api/v1 where it does not name the whole way. */
  async ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    const { token = await this.token({ role: 'cashier' }), body, headers = {} } = asking;
    const url = this.server.url + (path.startsWith('//') ? path.slice(1) : `/api/v1${path}`);
    const response = await fetch(url, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed = (isJson && text !== '' ? JSON.parse(text) : { text }) as Answer['body'];
    return { status: response.status, headers: response.headers, body: parsed };
  }

  /** Gives a command to the branch `main`, with a key of its own unless one is named. */
  async give(
    name: string,
    payload: object,
    { role = 'cashier', expect, key }: { role?: Role; expect?: object; key?: string } = {},
  ): Promise<Answer> {
    this.#keys += 1;
    return this.ask('POST', '/branches/main/commands', {
      token: await this.token({ role }),
      headers: { 'idempotency-key': key ?? `key-${this.#keys}` },
      body: { name, payload, ...(expect !== undefined && { expect }) },
    });
  }

  /** Opens a shift with an order of two portions in it. */
  async withOrder(orderId: string, itemId = 'hummus'): Promise<void> {
    await this.give('shift.open', { opening_float: 10_000 });
    const lines = [{ line_id: `${orderId}-1`, item_id: itemId, qty: 2 }];
    const opened = await this.give('order.open', {
      order_id: orderId,
      order_type: 'dine_in',
      table_no: '7',
      lines,
    });
    if (opened.status !== 200) throw new Error(JSON.stringify(opened.body));
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}
