/** The floor: one write of ready bytes to each TCP socket, and nothing kept about anybody. */
import { createServer, type Socket } from 'node:net';
import { changesIn, SEVERAL, type Broadcaster } from '../fanout/broadcaster.js';
import { sampleFrames } from '../fanout/change.js';
import { listening } from './listening.js';

/** Enough of an answer for a client that asks for a WebSocket and does not look at the key. */
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

export async function openBareTcp(): Promise<Broadcaster> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(AGREED);
      sockets.add(socket);
    });
    socket.once('close', () => sockets.delete(socket));
  });
  const one = sampleFrames(1);
  const several = sampleFrames(SEVERAL);
  return {
    port: await listening(server),
    tick(load) {
      const bytes = changesIn(load) === 1 ? one : several;
      for (const socket of sockets) socket.write(bytes);
    },
  };
}
