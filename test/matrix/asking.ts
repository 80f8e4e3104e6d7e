/** Asks one running server every cell of the matrix: five people over WebSockets, whoever a cell names over HTTP. */
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Role } from '../../src/domain/rows.js';
import { Served } from '../api/served.js';
import { dial, JSON_TEXT } from '../server/door.js';
import { faultOf, type Cell, type HttpRequest, type WireRequest } from './cells.js';
import { COOKED } from './policy.js';

/** Requests on the way at once. */
const AT_ONCE = 16;

/** The codes of refusals that came without a body, as an answer to HEAD does. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
  500: 'internal',
  503: 'overloaded',
};

type Reply = Readonly<Record<string, unknown>>;

/** One person's connection: each request gets the reply that bears its id. */
class Wire {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #ids = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const reply = JSON.parse(data.toString()) as Reply;
      const id = String(reply['id']);
      this.#waiting.get(id)?.(reply);
      this.#waiting.delete(id);
    });
  }

  ask(message: WireRequest): Promise<Reply> {
    this.#ids += 1;
    const id = `r${this.#ids}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ ...message, id }));
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

export class Asking {
  readonly api: Served;
  readonly #wires = new Map<Role, Wire>();
  readonly #tokens = new Map<string, string>();
  #keys = 0;

  private constructor(api: Served) {
    this.api = api;
  }

  static async start(): Promise<Asking> {
    const limits = { unauthenticatedPerMinutePerIp: 1_000_000, connectionsPerIp: 100 };
    const asking = new Asking(await Served.start(limits));
    await asking.#cook();
    return asking;
  }

  /** What was not as expected, in the cells' order. */
  async faults(cells: readonly Cell[]): Promise<readonly string[]> {
    const faults: string[] = [];
    for (let from = 0; from < cells.length; from += AT_ONCE) {
      const some = cells.slice(from, from + AT_ONCE);
      const codes = await Promise.all(some.map((cell) => this.#codeOf(cell)));
      for (const [index, cell] of some.entries()) {
        const fault = faultOf(cell, codes[index] ?? 'nothing');
        if (fault !== null) faults.push(fault);
      }
    }
    return faults;
  }

  async stop(): Promise<void> {
    for (const wire of this.#wires.values()) await wire.close();
    await this.api.stop();
  }

  /** An open shift with a line that a cook has begun. */
  async #cook(): Promise<void> {
    const { api } = this;
    await api.withOrder(COOKED.order);
    await api.give('order.send', { order_id: COOKED.order });
    const begun = await api.give(
      'kitchen.set_status',
      { order_id: COOKED.order, line_ids: [COOKED.line], status: 'preparing' },
      { role: 'kitchen', expect: { order_line: { [COOKED.line]: COOKED.version - 1 } } },
    );
    if (begun.status !== 200) throw new Error(JSON.stringify(begun.body));
  }

  async #codeOf({ request }: Cell): Promise<string> {
    if (request.door === 'http') return this.#codeOverHttp(request);
    const wire = await this.#wireOf(request.role);
    const { message } = request;
    const key = message.type === 'command' ? { key: this.#newKey() } : {};
    const reply = await wire.ask({ ...message, ...key });
    return reply['type'] === 'error' ? String(reply['code']) : 'ok';
  }

  async #codeOverHttp({ method, path, body, bearer }: HttpRequest): Promise<string> {
    const token = bearer === null ? null : await this.#tokenOf(bearer);
    const headers = path.endsWith('/commands') ? { 'idempotency-key': this.#newKey() } : {};
    const answer = await this.api.ask(method, `/${path}`, { token, body, headers });
    const { code } = answer.body;
    if (typeof code === 'string') return code;
    return answer.status < 400 ? 'ok' : (CODE_OF_STATUS[answer.status] ?? String(answer.status));
  }

  async #tokenOf(bearer: NonNullable<HttpRequest['bearer']>): Promise<string> {
    const { role, branchId, as } = bearer;
    const name = `${branchId}/${role}/${as}`;
    const held = this.#tokens.get(name);
    if (held !== undefined) return held;
    const device = `${role}-1`;
    const id = as === 'device' ? device : role;
    const principal = { id, name: role, role, branch_id: branchId, device_id: device };
    const token = await this.api.server.tokens.sign(principal, 60);
    this.#tokens.set(name, token);
    return token;
  }

  async #wireOf(role: Role): Promise<Wire> {
    const held = this.#wires.get(role);
    if (held !== undefined) return held;
    const wire = new Wire(await dial(Number(new URL(this.api.server.url).port), [JSON_TEXT]));
    this.#wires.set(role, wire);
    const token = await this.#tokenOf({ role, branchId: 'main', as: 'person' });
    await wire.ask({ type: 'hello', token });
    return wire;
  }

  #newKey(): string {
    this.#keys += 1;
    return `matrix-${this.#keys}`;
  }
}
