/** How fresh a board is, in words: what stands above everything else. */
import type { ClientState, ReplicaState } from '../../../client/index.js';

export interface Freshness {
  readonly channel: string;
  readonly state: ReplicaState;
  readonly client: ClientState;
  /** Since the hub was heard last; null: never. */
  readonly silentMs: number | null;
}

export function statusLine({ channel, state, client, silentMs }: Freshness): string {
  const heard =
    silentMs === null ? 'never heard' : `last heard ${Math.floor(silentMs / 1_000)} s ago`;
  switch (state) {
    case 'live':
      return `${channel}  ${heard}`;
    case 'lagging':
      return `${channel}  ${heard}  catching up`;
    case 'stale':
      return `*** STALE ***  ${channel}  ${heard}  ${reasonOf(client)}`;
  }
}

function reasonOf(client: ClientState): string {
  switch (client.kind) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return 'waiting for the hub';
    case 'waiting':
      return `not connected (${client.reason}), next try within ${Math.ceil(client.delayMs / 1_000)} s`;
    case 'ended':
      return `ended: ${client.reason}`;
  }
}
