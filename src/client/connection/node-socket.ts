/** The client's socket on Node, over the package ws: for Node 20, which has no global WebSocket, and for the command line. */
import { WebSocket } from 'ws';
import { SUBPROTOCOLS } from '../../protocol/messages.js';
import type { OpenSocket } from './socket.js';

/** From the closing handshake's start to cutting the connection. */
const CLOSE_WAIT_MS = 2_000;

function toBytes(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

export const nodeSocket: OpenSocket = (url, encoding, events) => {
  const socket = new WebSocket(url, SUBPROTOCOLS[encoding], {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  let failure = '';
  socket.on('open', () => {
    events.opened();
  });
  socket.on('message', (data) => {
    events.message(toBytes(data));
  });
  // ws always tells `close` after `error`.
  socket.on('error', (error) => {
    failure = error.message;
  });
  socket.on('close', (code, reason) => {
    events.closed(code, reason.length > 0 ? reason.toString('utf8') : failure);
  });
  return {
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(bytes, { binary: encoding === 'msgpack' });
      }
    },
    close(code, reason) {
      socket.close(code, reason);
      setTimeout(() => {
        socket.terminate();
      }, CLOSE_WAIT_MS).unref();
    },
  };
};
