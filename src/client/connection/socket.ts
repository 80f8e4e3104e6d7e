/** The socket as the client needs it, so that a browser, Node and a test can each bring their own. */
import { SUBPROTOCOLS, type Encoding } from '../../protocol/messages.js';

/** What a socket tells its owner. `closed` comes exactly once, also when it never opened; after it nothing comes. */
export interface SocketEvents {
  opened(): void;
  /** A whole message; the bytes are the owner's to keep. */
  message(bytes: Uint8Array): void;
  /** 1006 where the peer gave no code. */
  closed(code: number, reason: string): void;
}

export interface ClientSocket {
  /** Text for json, binary for msgpack. Ignored unless open. */
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** Opens a socket to `url` that offers the encoding's sub-protocol. It tells nothing before it has returned; what goes wrong later is told as `closed`. */
export type OpenSocket = (url: string, encoding: Encoding, events: SocketEvents) => ClientSocket;

/** As much of the browser's WebSocket as is used here. */
interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: Uint8Array | string): void;
  close(code: number, reason: string): void;
}

const OPEN = 1;
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

function toBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return textEncoder.encode(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new Error('a message is neither text nor binary');
}

/** The global WebSocket: every browser has one, Node from version 22. */
export const globalSocket: OpenSocket = (url, encoding, events) => {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket?: new (url: string, protocol: string) => WebSocketLike;
  };
  if (WebSocket === undefined) {
    throw new Error('there is no global WebSocket here: pass `socket` (on Node 20: nodeSocket)');
  }
  const socket = new WebSocket(url, SUBPROTOCOLS[encoding]);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    events.opened();
  };
  socket.onmessage = ({ data }) => {
    events.message(toBytes(data));
  };
  socket.onclose = ({ code, reason }) => {
    events.closed(code, reason);
  };
  return {
    send(bytes) {
      if (socket.readyState !== OPEN) return;
      socket.send(encoding === 'json' ? textDecoder.decode(bytes) : bytes);
    },
    close(code, reason) {
      socket.close(code, reason);
    },
  };
};
