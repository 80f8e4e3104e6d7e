/** How fresh a board is, in words: what stands above everything else. */
import type { ConnectionState, ReplicaState } from '../../../client/index.js';

export interface Freshness {
  readonly channel: string;
  readonly state: ReplicaState;
  readonly client: ConnectionState;
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

function reasonOf(client: ConnectionState): string {
  switch (client.kind) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return 'waiting for the hub';
    case 'stale':
      return 'the hub is silent';
    case 'offline':
      return client.nextTryInMs === null
        ? client.reason
        : `not connected (${client.reason}), next try within ${Math.ceil(client.nextTryInMs / 1_000)} s`;
    case 'refused':
      return `refused: ${client.code} ${client.reason}`;
  }
}
