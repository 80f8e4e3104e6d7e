/**
 * Somebody at a device: connects, follows channels, gives commands, answers heartbeats, and may drop, stall and come back with
 * what they hold. Every connection that they ever had stays at hand for the checkers.
 */
import type { Role } from '../../../src/domain/rows.js';
import type { Replica } from '../../../src/protocol/apply.js';
import { channelName } from '../../../src/protocol/channels.js';
import type { AckMessage, Encoding, ViewName, ViewRow } from '../../../src/protocol/messages.js';
import type { TestHub } from '../hub.js';
import type { HubClient } from '../hub-client.js';
import type { Answer, Journal, Request } from './journal.js';
import type { Actor } from './moves.js';

export interface FollowedView {
  readonly view: ViewName;
  readonly station?: string;
}

export interface Post {
  readonly name: string;
  readonly role: Role;
  readonly branchId: string;
  readonly encoding: Encoding;
  readonly views: readonly FollowedView[];
}

export class Participant implements Actor {
  readonly post: Post;
  /** Every connection, the present one last. */
  readonly clients: HubClient[] = [];
  readonly #journal: Journal;
  #client: HubClient | null = null;
  #welcomed = false;
  #stalled = false;
  /** Messages of the present connection that were looked through for heartbeats. */
  #read = 0;
  #inFlight = 0;
  #sessionId: string | undefined;

  constructor(post: Post, journal: Journal) {
    this.post = post;
    this.#journal = journal;
  }

  get isConnected(): boolean {
    return this.#client !== null && this.#welcomed;
  }

  get isStalled(): boolean {
    return this.#stalled;
  }

  get client(): HubClient | null {
    return this.#client;
  }

  get acks(): readonly AckMessage[] {
    return this.clients.flatMap((client) => client.ofType('ack'));
  }

  /** Requests whose answers can still come. */
  get waits(): boolean {
    return this.#client !== null && !this.#stalled && this.#inFlight > 0;
  }

  channelOf(followed: FollowedView): string {
    const { view, station } = followed;
    const { branchId } = this.post;
    return channelName({ branchId, view, ...(station !== undefined && { station }) });
  }

  /** What is held of a channel, also while the connection is lost. */
  held(followed: FollowedView): Replica | undefined {
    return (this.#client ?? this.clients.at(-1))?.replicas.get(this.channelOf(followed));
  }

  /** Rows of the first of its channels that shows the table. */
  rows(view: ViewName, table: string): readonly ViewRow[] {
    const followed = this.post.views.find((one) => one.view === view);
    const rows = followed === undefined ? undefined : this.held(followed)?.tables.get(table);
    return [...(rows?.values() ?? [])];
  }

  /** Connects anew and asks for what is missing since what is held. */
  connect(hub: TestHub): void {
    this.drop();
    const { role, branchId, name, encoding } = this.post;
    const client = hub.connect(encoding);
    for (const [channel, replica] of this.clients.at(-1)?.replicas ?? []) {
      client.replicas.set(channel, replica);
    }
    this.clients.push(client);
    this.#client = client;
    this.#inFlight += 1;
    const token = hub.token({ role, branchId, name, deviceId: `${name}-device` });
    void client.hello(token, this.#sessionId).then((reply) => {
      if (this.#client !== client) return;
      this.#inFlight -= 1;
      if (reply.type !== 'welcome') return;
      this.#welcomed = true;
      this.#sessionId = reply.sessionId;
      for (const followed of this.post.views) this.follow(followed);
    });
  }

  /** Subscribes, also over a subscription that is there. `since`: what is held, unless told otherwise. */
  follow(followed: FollowedView, since: 'held' | 'nothing' | 'elsewhere' = 'held'): void {
    const client = this.#client;
    if (client === null) return;
    const held = client.replicas.get(this.channelOf(followed));
    const position =
      held === undefined || since === 'nothing'
        ? null
        : { epoch: since === 'held' ? held.epoch : 'elsewhere', version: held.version };
    this.#inFlight += 1;
    void client
      .subscribe(followed.view, {
        ...(followed.station !== undefined && { station: followed.station }),
        ...(position !== null && { since: position }),
      })
      .then(() => {
        if (this.#client === client) this.#inFlight -= 1;
      });
  }

  unfollow(followed: FollowedView): void {
    this.#client?.sendRaw({
      type: 'unsubscribe',
      id: 'unsubscribe',
      channel: this.channelOf(followed),
    });
  }

  /** The connection is lost; answers under way never come. */
  drop(): void {
    const client = this.#client;
    if (client === null) return;
    this.#client = null;
    this.#welcomed = false;
    this.#stalled = false;
    this.#inFlight = 0;
    this.#read = 0;
    client.cut();
  }

  /** Reads nothing any more. */
  stall(): void {
    this.#stalled = this.#client !== null;
    this.#client?.connection.stall();
  }

  /** Reads again, from where it stopped. */
  resume(): void {
    this.#stalled = false;
    this.#client?.connection.resume();
    this.#client?.events.drained();
  }

  give(request: Request): void {
    const client = this.#client;
    if (client === null) return;
    const { role, name } = this.post;
    const sending = this.#journal.send(request, { role, deviceId: `${name}-device` });
    this.#inFlight += 1;
    void client.request({ type: 'command', ...request }).then((answer) => {
      this.#journal.answered(sending, answer as Answer);
      if (this.#client === client) this.#inFlight -= 1;
    });
  }

  /** Answers heartbeats, lets the outbox go on, and notices that the hub has ended the connection. */
  pump(): void {
    const client = this.#client;
    if (client === null) return;
    if (client.connection.closed !== null) {
      this.drop();
      return;
    }
    if (this.#stalled) return;
    client.events.drained();
    const fresh = client.received.slice(this.#read);
    this.#read += fresh.length;
    if (fresh.some(({ type }) => type === 'heartbeat')) client.sendHeartbeat();
  }
}
