/** A WebSocket client on a bare TCP socket: upgrade, frames in and out, nothing else. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { clientFrame, FrameReader } from './frames.js';

export interface RawSocketOptions {
  readonly port: number;
  /** Default `/ws`. */
  readonly path?: string;
  /** Default `expeditor.v1.msgpack`; null: none is asked for. */
  readonly subprotocol?: string | null;
  readonly onMessage: (payload: Buffer, isBinary: boolean) => void;
  readonly onClose?: () => void;
  /** The address to connect from; 127.0.0.1 has some 28,000 ports. */
  readonly localAddress?: string;
}

const HEAD_END = '\r\n\r\n';

export class RawSocket {
  readonly #socket: Socket;
  #outgoing: Buffer[] = [];
  bytesReceived = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves when the server has agreed to speak WebSocket. */
  static async open(options: RawSocketOptions): Promise<RawSocket> {
    const { port, onMessage, onClose, localAddress } = options;
    const host = '127.0.0.1';
    const socket = connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) });
    socket.setNoDelay(true);
    await once(socket, 'connect');
    socket.write(upgradeRequest(options));
    const rest = await upgraded(socket);
    const raw = new RawSocket(socket);
    const reader = new FrameReader(onMessage);
    const take = (chunk: Buffer): void => {
      raw.bytesReceived += chunk.length;
      reader.take(chunk);
    };
    // What is cut shows as a close; nothing here waits for an error.
    socket.on('error', () => {});
    socket.on('data', take);
    socket.once('close', () => onClose?.());
    if (rest.length > 0) take(rest);
    return raw;
  }

  /** All that is sent within a turn leaves in one write. */
  send(payload: Uint8Array, opcode: 'text' | 'binary' = 'binary'): void {
    if (this.#outgoing.length === 0) {
      setImmediate(() => {
        const frames = this.#outgoing;
        this.#outgoing = [];
        this.#socket.write(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames));
      });
    }
    this.#outgoing.push(clientFrame(payload, opcode));
  }

  /** Reads nothing more, as a tablet that hangs. */
  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  /** Cut without a word. */
  destroy(): void {
    this.#socket.destroy();
  }
}

function upgradeRequest({ port, path = '/ws', subprotocol }: RawSocketOptions): string {
  const asked = subprotocol === undefined ? 'expeditor.v1.msgpack' : subprotocol;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${String(port)}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    ...(asked === null ? [] : [`Sec-WebSocket-Protocol: ${asked}`]),
  ];
  return lines.join('\r\n') + HEAD_END;
}

/** What came behind the answer's head. */
function upgraded(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const fail = (error?: Error): void => {
      reject(error ?? new Error('the connection ended before it was a WebSocket'));
    };
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return;
      socket.off('data', read).off('close', fail).off('error', fail);
      const status = head.subarray(0, head.indexOf('\r\n')).toString('latin1');
      if (status.includes(' 101 ')) resolve(head.subarray(end + HEAD_END.length));
      else reject(new Error(`no WebSocket: ${status}`));
    };
    socket.on('data', read).once('close', fail).once('error', fail);
  });
}
