/** ws as its README shows a broadcast: a loop over `clients` with `send`, compression off. */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { changesIn, type Broadcaster } from '../fanout/broadcaster.js';
import { SAMPLE_DELTA, samplePayload } from '../fanout/change.js';
import { listening } from './listening.js';

async function open(send: (client: WebSocket) => void): Promise<Broadcaster> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  return {
    port: await listening(http),
    tick(load) {
      for (let message = 0; message < changesIn(load); message += 1) {
        for (const client of server.clients) {
          if (client.readyState === WebSocket.OPEN) send(client);
        }
      }
    },
  };
}

/** Encoded once, framed for each client. */
export function openSharedBuffer(): Promise<Broadcaster> {
  const payload = samplePayload();
  return open((client) => {
    client.send(payload, { binary: true });
  });
}

/** Encoded and framed for each client. */
export function openJsonPerClient(): Promise<Broadcaster> {
  return open((client) => {
    client.send(JSON.stringify(SAMPLE_DELTA));
  });
}
