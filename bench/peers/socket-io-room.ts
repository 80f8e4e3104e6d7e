/** Socket.IO with one room that everybody is in, on WebSocket alone. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { changesIn, type Broadcaster } from '../fanout/broadcaster.js';
import { SAMPLE_DELTA } from '../fanout/change.js';
import { listening } from './listening.js';

const ROOM = 'main/kitchen';
/** As for the hub: no heartbeats during a measurement. */
const NEVER_MS = 3_600_000;

export async function openSocketIoRoom(): Promise<Broadcaster> {
  const http = createServer();
  const io = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: NEVER_MS,
  });
  io.on('connection', (socket) => {
    void socket.join(ROOM);
  });
  return {
    port: await listening(http),
    tick(load) {
      for (let message = 0; message < changesIn(load); message += 1) {
        io.to(ROOM).emit('delta', SAMPLE_DELTA);
      }
    },
  };
}
