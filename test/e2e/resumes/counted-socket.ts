/** A client's socket that counts how its channels were caught up. */
import { nodeSocket } from '../../../src/client/connection/node-socket.js';
import type { OpenSocket } from '../../../src/client/connection/socket.js';
import { decode } from '../../../src/protocol/codec.js';
import type { HubMessage } from '../../../src/protocol/messages.js';

export class ResumeCounts {
  /** Connections that came as far as the welcome. */
  welcomes = 0;
  /** Connections after a client's first on which at least one channel was caught up. */
  resumes = 0;
  byDelta = 0;
  bySnapshot = 0;
}

/** The sockets of one client. */
export function countedSocket(counts: ResumeCounts): OpenSocket {
  let opened = 0;
  return (url, encoding, events) => {
    opened += 1;
    const isFirst = opened === 1;
    let isCaughtUp = false;
    return nodeSocket(url, encoding, {
      ...events,
      message(bytes) {
        const { type } = decode(bytes, encoding) as HubMessage;
        if (type === 'welcome') counts.welcomes += 1;
        if (!isFirst && (type === 'snapshot' || type === 'snapshot:delta')) {
          if (!isCaughtUp) counts.resumes += 1;
          isCaughtUp = true;
          if (type === 'snapshot') counts.bySnapshot += 1;
          else counts.byDelta += 1;
        }
        events.message(bytes);
      },
    });
  };
}
