/** A protocol client on a fake connection, with a copy of each channel kept by the rule of the protocol. */
import { randomUUID } from 'node:crypto';
import type { Expect } from '../../src/domain/command.js';
import type { CommandName, CommandPayloads } from '../../src/domain/registry.js';
import type { ConnectionEvents, Frame } from '../../src/hub/connection.js';
import type { Hub } from '../../src/hub/hub.js';
import { applyMessage, type Replica } from '../../src/protocol/apply.js';
import { encode } from '../../src/protocol/codec.js';
import type {
  AckMessage,
  Encoding,
  ErrorMessage,
  HubMessage,
  NoticeMessage,
  ResultMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
  ViewName,
  ViewRow,
  WelcomeMessage,
} from '../../src/protocol/messages.js';
import { FakeConnection } from './fake-connection.js';

export type CommandReply = AckMessage | ErrorMessage;

export interface CommandOptions {
  readonly key?: string;
  readonly expect?: Expect;
  readonly branchId?: string;
}

export interface SubscribeOptions {
  readonly station?: string;
  readonly branchId?: string;
  readonly since?: { readonly epoch: string; readonly version: number };
}

export class HubClient {
  readonly connection: FakeConnection;
  readonly events: ConnectionEvents;
  /** Every message that came, oldest first. */
  readonly received: HubMessage[] = [];
  readonly frames: Frame[] = [];
  readonly replicas = new Map<string, Replica>();
  readonly notices: NoticeMessage[] = [];
  /** Deltas that did not fit what was held. */
  readonly gaps: string[] = [];
  welcome: WelcomeMessage | null = null;
  branchId = 'main';
  readonly #waiting = new Map<string, (message: HubMessage) => void>();
  #lastId = 0;

  constructor(hub: Hub, encoding: Encoding) {
    this.connection = new FakeConnection(encoding, (message, frame) => {
      this.frames.push(frame);
      this.#take(message);
    });
    this.events = hub.accept(this.connection);
  }

  /** Sends any message, well-formed or not. */
  sendRaw(message: object): void {
    this.events.message(encode(message, this.connection.encoding));
  }

  /** Sends a request and resolves with its reply. */
  request(message: Readonly<Record<string, unknown>>): Promise<HubMessage> {
    this.#lastId += 1;
    const id = `r${String(this.#lastId)}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.sendRaw({ ...message, id });
    });
  }

  async hello(token: string, sessionId?: string): Promise<HubMessage> {
    const reply = await this.request({
      type: 'hello',
      token,
      ...(sessionId !== undefined && { sessionId }),
    });
    if (reply.type === 'welcome') {
      this.welcome = reply;
      this.branchId = reply.principal.branch_id;
    }
    return reply;
  }

  /** Resolves with `snapshot`, `snapshot:delta` or `error`. */
  async subscribe(
    view: ViewName,
    options: SubscribeOptions = {},
  ): Promise<SnapshotMessage | SnapshotDeltaMessage | ErrorMessage> {
    const { branchId = this.branchId, ...more } = options;
    const reply = await this.request({ type: 'subscribe', view, branchId, ...more });
    return reply as SnapshotMessage | SnapshotDeltaMessage | ErrorMessage;
  }

  async command<Name extends CommandName>(
    name: Name,
    payload: CommandPayloads[Name],
    options: CommandOptions = {},
  ): Promise<CommandReply> {
    const { key = randomUUID(), branchId = this.branchId, expect } = options;
    const reply = await this.request({
      type: 'command',
      key,
      name,
      branchId,
      payload,
      ...(expect !== undefined && { expect }),
    });
    return reply as CommandReply;
  }

  async query(
    name: string,
    params: object,
    branchId = this.branchId,
  ): Promise<ResultMessage | ErrorMessage> {
    const reply = await this.request({ type: 'query', name, branchId, params });
    return reply as ResultMessage | ErrorMessage;
  }

  /** Answers a hub heartbeat as a client has to: with what it has applied. */
  sendHeartbeat(queue?: { readonly length: number; readonly oldestAt: number }): void {
    const versions = Object.fromEntries(
      Array.from(this.replicas, ([name, { version }]) => [name, version]),
    );
    this.sendRaw({ type: 'heartbeat', versions, ...(queue !== undefined && { queue }) });
  }

  /** The connection is lost. */
  cut(): void {
    this.events.closed(1006);
  }

  rows(channel: string, table: string): ViewRow[] {
    return [...(this.replicas.get(channel)?.tables.get(table)?.values() ?? [])];
  }

  row(channel: string, table: string, id: string): ViewRow | undefined {
    return this.replicas.get(channel)?.tables.get(table)?.get(id);
  }

  ofType<Type extends HubMessage['type']>(type: Type): Extract<HubMessage, { type: Type }>[] {
    return this.received.filter(
      (message): message is Extract<HubMessage, { type: Type }> => message.type === type,
    );
  }

  #take(message: HubMessage): void {
    this.received.push(message);
    if (
      message.type === 'snapshot' ||
      message.type === 'snapshot:delta' ||
      message.type === 'delta'
    ) {
      const applied = applyMessage(this.replicas.get(message.channel) ?? null, message);
      if (applied.kind === 'applied') this.replicas.set(message.channel, applied.replica);
      if (applied.kind === 'gap') this.gaps.push(`${message.channel}: ${applied.reason}`);
    }
    if (message.type === 'notice') this.notices.push(message);
    const id = 'id' in message ? message.id : undefined;
    if (id === undefined) return;
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(message);
  }
}
