/** What the hub showed when: every channel, version by version, as a manager on a perfect line saw it. */
import type { Hub } from '../../src/hub/hub.js';
import { channelName } from '../../src/protocol/channels.js';
import type { Replica } from '../../src/protocol/apply.js';
import type { Principal } from '../../src/protocol/messages.js';
import { HubClient } from '../support/hub-client.js';
import type { FollowedView } from '../support/random-traffic/participant.js';
import type { SimToken } from './house.js';

export interface Shown {
  /** Since when, in milliseconds of the simulation. */
  readonly since: number;
  readonly replica: Replica;
}

export class Truth {
  readonly #branchId: string;
  readonly #views: readonly FollowedView[];
  /** By channel, oldest first. */
  readonly #history = new Map<string, Shown[]>();
  /** When the hub's last heartbeat came. */
  heartbeatAt = 0;
  #client: HubClient | null = null;
  #read = 0;

  constructor(branchId: string, views: readonly FollowedView[]) {
    this.#branchId = branchId;
    this.#views = views;
  }

  /** Follows a hub that has just started. */
  async follow(hub: Hub): Promise<void> {
    const client = new HubClient(hub, 'msgpack');
    for (const [channel, shown] of this.#history) {
      const last = shown.at(-1);
      if (last !== undefined) client.replicas.set(channel, last.replica);
    }
    this.#client = client;
    this.#read = 0;
    await client.hello(JSON.stringify(auditorToken(this.#branchId)));
    for (const { view, station } of this.#views) {
      const held = client.replicas.get(
        this.#channel({ view, ...(station !== undefined && { station }) }),
      );
      await client.subscribe(view, {
        ...(station !== undefined && { station }),
        ...(held !== undefined && { since: { epoch: held.epoch, version: held.version } }),
      });
    }
  }

  /** The hub that it followed is no more. */
  lost(): void {
    this.#client = null;
  }

  /** Takes down what is new; to be called after every event. */
  look(now: number): void {
    const client = this.#client;
    if (client === null) return;
    for (; this.#read < client.received.length; this.#read += 1) {
      if (client.received[this.#read]?.type !== 'heartbeat') continue;
      this.heartbeatAt = now;
      client.sendHeartbeat();
    }
    for (const [channel, replica] of client.replicas) {
      const shown = this.#history.get(channel);
      if (shown === undefined) this.#history.set(channel, [{ since: now, replica }]);
      else if (shown.at(-1)?.replica !== replica) shown.push({ since: now, replica });
    }
  }

  /** What the hub showed at that time; undefined: nothing yet. */
  at(channel: string, time: number): Replica | undefined {
    return this.#history.get(channel)?.findLast(({ since }) => since <= time)?.replica;
  }

  /** The channel at that version; more than one where it began anew, with another epoch. */
  versions(channel: string, version: number): readonly Replica[] {
    const shown = this.#history.get(channel) ?? [];
    return shown.flatMap(({ replica }) => (replica.version === version ? [replica] : []));
  }

  #channel(followed: FollowedView): string {
    return channelName({ branchId: this.#branchId, ...followed });
  }
}

/** Of a manager who looks and touches nothing. */
export function auditorToken(branchId: string): SimToken {
  const principal: Principal = {
    id: 'auditor',
    name: 'auditor',
    role: 'manager',
    branch_id: branchId,
    device_id: 'auditor-device',
  };
  return { principal, expiresAt: Number.MAX_SAFE_INTEGER, nonce: '' };
}
