/** A socket that lets a test see what passes: each message of the hub, by connection. */
import { nodeSocket } from '../../../src/client/connection/node-socket.js';
import type { OpenSocket } from '../../../src/client/connection/socket.js';
import { decode } from '../../../src/protocol/codec.js';
import type { HubMessage, WelcomeMessage } from '../../../src/protocol/messages.js';

export interface TappedConnection {
  readonly received: HubMessage[];
  /** The close code; null: it lives. */
  closed: number | null;
}

export class Tap {
  /** Oldest first; one that never opened stands there with no messages. */
  readonly connections: TappedConnection[] = [];

  readonly socket: OpenSocket = (url, encoding, events) => {
    const connection: TappedConnection = { received: [], closed: null };
    this.connections.push(connection);
    return nodeSocket(url, encoding, {
      opened: () => {
        events.opened();
      },
      message: (bytes) => {
        connection.received.push(decode(bytes, encoding) as HubMessage);
        events.message(bytes);
      },
      closed: (code, reason) => {
        connection.closed = code;
        events.closed(code, reason);
      },
    });
  };

  /** Connections that were welcomed. */
  get welcomed(): readonly TappedConnection[] {
    return this.connections.filter(({ received }) => received[0]?.type === 'welcome');
  }

  get epochs(): readonly string[] {
    return this.welcomed.map(({ received }) => (received[0] as WelcomeMessage).epoch);
  }

  /** How each connection began on a channel. */
  beginnings(channel: string): readonly HubMessage['type'][] {
    return this.welcomed.flatMap(({ received }) => {
      const first = received.find((message) => 'channel' in message && message.channel === channel);
      return first === undefined ? [] : [first.type];
    });
  }
}
