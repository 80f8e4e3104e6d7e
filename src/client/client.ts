/** The client: channels that keep themselves up to date, and commands and queries as promises, over one lasting connection. */
import type { CommandName, CommandPayloads } from '../domain/registry.js';
import type { HubMessage, QueryName, WelcomeMessage } from '../protocol/messages.js';
import type { QueryParams } from '../protocol/queries.js';
import type { QueryResult } from '../protocol/results.js';
import { Connector } from './connection/connector.js';
import { ClientEnded } from './requests/errors.js';
import { clientParts, type ClientOptions, type ClientParts } from './options.js';
import { Channels } from './replica/channels.js';
import type { Replica } from './replica/replica.js';
import { Truth } from './replica/truth.js';
import type { Offline } from './queue/offline.js';
import type { Optimistic } from './queue/optimistic.js';
import type { Numbers } from './queue/numbers.js';
import type { Queue } from './queue/queue.js';
import { Commands, type CommandAnswer, type CommandOptions } from './requests/commands.js';
import { Requests } from './requests/requests.js';
import { Listeners } from './listeners.js';
import { isClosed, type ConnectionState } from './connection/state.js';

/** A client without a queue answers for its requests itself: their callers wait. */
const NOTHING_OWED = { length: 0, oldestAt: null };

export class Client {
  readonly #parts: ClientParts;
  readonly #connector: Connector;
  readonly #requests: Requests;
  readonly #listeners = new Listeners<ConnectionState>();
  readonly #channels: Channels;
  readonly #commands: Commands;
  /** null: it was not given what a queue needs. */
  readonly #offline: Offline | null;
  #requestCount = 0;
  #principal: WelcomeMessage['principal'] | null = null;

  constructor(options: ClientOptions) {
    this.#parts = clientParts(options);
    this.#requests = new Requests(this.#parts);
    this.#channels = new Channels({
      ...this.#parts,
      nextId: () => this.#nextId(),
      send: (message) => {
        this.#connector.send(message);
      },
    });
    const truth = new Truth(() => this.#channels.all);
    this.#commands = new Commands({
      ...this.#parts,
      requests: this.#requests,
      truth,
      nextId: () => this.#nextId(),
      branchId: () => this.#branchId(),
    });
    this.#offline = this.#offlineParts(truth);
    this.#connector = new Connector(this.#parts, {
      connected: (welcome) => {
        this.#connected(welcome);
      },
      disconnected: () => {
        this.#offline?.disconnected();
        this.#requests.disconnected();
        this.#channels.disconnected();
      },
      ended: (code, reason) => {
        const error = new ClientEnded(code, reason);
        this.#requests.end(error);
        this.#channels.end(error);
      },
      state: (state) => {
        this.#listeners.tell(state);
      },
      message: (message) => {
        this.#received(message);
      },
      inTouch: (inTouch) => {
        this.#channels.inTouch(inTouch);
      },
    });
    this.#connector.start();
  }

  /** How it stands with the hub. The same value until the next one is told to `onState`. */
  get state(): ConnectionState {
    return this.#connector.state;
  }

  /** Milliseconds since anything was heard of the hub, at this moment; null: never. */
  get silentMs(): number | null {
    return this.#connector.silentMs;
  }

  /**
   * The hub's time, in UTC epoch milliseconds, whatever this machine's clock is set to; before the first welcome the machine's own.
   * It errs by what the quickest of the last minute's heartbeats took, and is behind rather than ahead.
   */
  serverNow(): number {
    return this.#connector.hubClock.now();
  }

  /**
   * Told at each change of kind, and once a second with new ages (`heardAgeMs`, `nextTryInMs`) while the hub is silent for longer
   * than usual: a screen that shows "last heard 8 s ago" needs no timer of its own. Returns how to stop hearing.
   */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Resolves as soon as the client is live; rejects with `ClientEnded` when it is refused or closed. */
  async whenLive(): Promise<WelcomeMessage> {
    const verdict = (state: ConnectionState): WelcomeMessage | ClientEnded | null => {
      if (state.kind === 'live') return state.welcome;
      if (state.kind === 'refused') return new ClientEnded(state.code, state.reason);
      return isClosed(state) ? new ClientEnded(null, 'closed by its owner') : null;
    };
    const result =
      verdict(this.state) ??
      (await new Promise<WelcomeMessage | ClientEnded>((resolve) => {
        const stop = this.onState((state) => {
          const next = verdict(state);
          if (next === null) return;
          stop();
          resolve(next);
        });
      }));
    if (result instanceof ClientEnded) throw result;
    return result;
  }

  /**
   * Tries at once: out of `refused`, when a person has mended what was wrong, or instead of waiting for the next try. Channels are
   * taken up again where they were. Nothing while it is connected or connecting, and after `close()`.
   */
  connect(): void {
    if (isClosed(this.state)) return;
    this.#requests.resume();
    this.#channels.resume();
    this.#connector.connect();
  }

  /**
   * Goes on with this token, or with a fresh one of the token function: after a login, or when a person changed. In place while
   * connected, where the hub takes it (it is the same subject's), else over a new connection, at once and also out of `refused`.
   */
  renew(token?: string): void {
    if (isClosed(this.state)) return;
    this.#requests.resume();
    this.#channels.resume();
    this.#connector.renew(token);
  }

  /** Follows a channel, such as `main/kitchen/grill`; the same replica for the same channel. Throws on a name of none. */
  subscribe(channel: string): Replica {
    const replica = this.#channels.open(channel);
    this.#offline?.follow(replica);
    return replica;
  }

  /** What is done while the hub is out of reach, or at any time. Throws where the client was not given `storage` and `offline`. */
  get queue(): Queue {
    return this.#needsStorage().queue;
  }

  /** Order numbers leased to this device; null: none are kept ready. Throws where the client was not given `storage` and `offline`. */
  get numbers(): Numbers | null {
    return this.#needsStorage().numbers;
  }

  /**
   * Follows a channel and lays what is queued over its rows; the same view for the same channel. Predictions need `orders`,
   * `menu` and, for the drawer, `shift` to be followed. Throws where the client was not given `storage` and `offline`.
   */
  optimistic(channel: string): Optimistic {
    return this.#needsStorage().view(this.subscribe(channel));
  }

  /**
   * Resolves when the hub has acknowledged it, which is after it is written; rejects with `CommandRefused`, `ClientEnded` or,
   * where a deadline was given, `CommandUnknown`. Commands are sent in the order of the calls. A version conflict is tried again
   * by itself, at most 3 times, where all that the command's intent depends on stands as this client's channels showed it.
   */
  command<Name extends CommandName>(
    name: Name,
    payload: CommandPayloads[Name],
    options: CommandOptions = {},
  ): Promise<CommandAnswer> {
    return this.#commands.give(name, payload, options);
  }

  /** Rejects with `Refused` or `ClientEnded`. */
  async query<Name extends QueryName>(
    name: Name,
    params: QueryParams[Name],
    options: { readonly branchId?: string; readonly retryMs?: number } = {},
  ): Promise<QueryResult<Name>> {
    const branchId = options.branchId ?? (await this.#branchId());
    const answer = await this.#requests.ask(
      { type: 'query', id: this.#nextId(), name, branchId, params },
      options.retryMs,
    );
    return answer.result as QueryResult<Name>;
  }

  /** Ends the connection for good and rejects what is not answered. */
  close(): void {
    this.#offline?.close();
    this.#connector.close();
  }

  /** Known at once after the first welcome, so that later calls keep their order. */
  #branchId(): string | Promise<string> {
    if (this.#principal !== null) return this.#principal.branch_id;
    return this.whenLive().then((welcome) => welcome.principal.branch_id);
  }

  #needsStorage(): Offline {
    if (this.#offline === null) {
      throw new Error('a queue needs the options `storage` and `offline`');
    }
    return this.#offline;
  }

  #offlineParts(truth: Truth): Offline | null {
    const { storage, openOffline } = this.#parts;
    if (storage === null || openOffline === null) return null;
    return openOffline({
      ...this.#parts,
      storage,
      truth,
      commands: this.#commands,
      branchGet: (branchId) => this.query('branch.get', {}, { branchId, retryMs: Infinity }),
      orderGet: (branchId, order_id) => this.query('order.get', { order_id }, { branchId }),
      serverNow: () => this.serverNow(),
    });
  }

  #nextId(): string {
    this.#requestCount += 1;
    return `r${String(this.#requestCount)}`;
  }

  #connected(welcome: WelcomeMessage): void {
    this.#principal = welcome.principal;
    // Channels first: whoever sees an answer then sees its effect soon after.
    this.#channels.connected(welcome.principal);
    this.#requests.connected((bytes) => {
      this.#connector.sendBytes(bytes);
    }, welcome.limits.commands_in_flight_max);
    this.#offline?.connected(welcome);
  }

  #received(message: HubMessage): void {
    switch (message.type) {
      case 'snapshot':
      case 'snapshot:delta':
      case 'delta':
        this.#channels.received(message);
        return;
      case 'ack':
      case 'result':
        this.#requests.answered(message);
        return;
      case 'error':
        if (this.#requests.refused(message) || this.#channels.refused(message)) return;
        this.#parts.log.warn({ code: message.code }, message.message);
        return;
      case 'heartbeat':
        this.#heartbeat(message.versions);
        return;
      case 'notice':
        this.#parts.log.info({ code: message.code, channel: message.channel }, message.message);
        if (message.code === 'lagging' || message.code === 'resync') {
          this.#channels.lagging(message.channel);
        }
        return;
      case 'welcome':
      case 'pong':
        return;
      default:
        // A later version of the hub may say more.
        this.#parts.log.debug({ message }, 'unknown message');
    }
  }

  #heartbeat(versions: Readonly<Record<string, number>>): void {
    const applied = this.#channels.heartbeat(versions);
    const queue = this.#offline?.owed() ?? NOTHING_OWED;
    this.#connector.send({ type: 'heartbeat', versions: applied, queue });
  }
}

/** Begins to connect at once, and keeps connected until `close()`. */
export function connectClient(options: ClientOptions): Client {
  return new Client(options);
}
