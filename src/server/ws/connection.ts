/**
 * The hub's Connection over ws. Ready frames go straight to the TCP socket, since ws would frame each message once per
 * client; this is the one file that knows ws's private `_socket`, and without it each message goes through `send`.
 */
import { Socket } from 'node:net';
import { WebSocket, type RawData } from 'ws';
import type { Connection, ConnectionEvents, Frame } from '../../hub/connection.js';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.js';
import type { Encoding } from '../../protocol/messages.js';
import { withCorrelation } from '../../hub/correlation.js';
import { JoinedFrames } from './joined-frames.js';

export interface SocketFacts {
  readonly id: string;
  readonly encoding: Encoding;
  readonly remoteAddress: string;
}

/** What ws closes with when it cannot read on, in the codes of the protocol. */
const CLOSE_OF_READ_ERROR: Readonly<Record<number, readonly [CloseCode, string]>> = {
  1002: [CLOSE.brokenMessage, 'broken frame'],
  1007: [CLOSE.brokenMessage, 'text is not UTF-8'],
  1008: [CLOSE.messageTooBig, 'too many fragments'],
};

/** A server's WebSocket whose every close code stands in the protocol's table. */
export class HubSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    const [own, ownReason] = CLOSE_OF_READ_ERROR[code ?? CLOSE.done] ?? [code, reason];
    super.close(own, ownReason);
  }
}

/** The TCP socket under a WebSocket that frames plainly; undefined where this version of ws hides it. */
function rawSocket(ws: WebSocket): Socket | undefined {
  const socket: unknown = Reflect.get(ws, '_socket');
  return socket instanceof Socket && ws.extensions === '' ? socket : undefined;
}

/** Of all connections: those of one tick are written to in turn. */
const joined = new JoinedFrames();

const NOTHING = Buffer.alloc(0);

function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}

export class SocketConnection implements Connection {
  readonly id: string;
  readonly encoding: Encoding;
  readonly remoteAddress: string;
  readonly #ws: WebSocket;
  readonly #socket: Socket | undefined;
  #closing = false;
  /** Something written was left in the buffer: `drained` is to be told when the kernel has taken all. */
  #owesDrained = false;
  #messages = 0;
  #events: ConnectionEvents | undefined;

  constructor(ws: WebSocket, facts: SocketFacts) {
    this.id = facts.id;
    this.encoding = facts.encoding;
    this.remoteAddress = facts.remoteAddress;
    this.#ws = ws;
    this.#socket = rawSocket(ws);
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? this.#ws.bufferedAmount;
  }

  /** From now on what the socket brings is told to `events`. */
  tell(events: ConnectionEvents): void {
    this.#events = events;
    const ws = this.#ws;
    ws.on('message', (data, isBinary) => this.#message(data, isBinary, events));
    ws.on('ping', () => events.alive());
    ws.on('pong', () => events.alive());
    // A read error is followed by `close`, which says all that the hub needs.
    ws.on('error', () => {});
    ws.once('close', (code) => {
      this.#closing = true;
      this.#events = undefined;
      events.closed(code);
    });
  }

  write(frames: readonly Frame[]): void {
    if (this.#closing || this.#ws.readyState !== WebSocket.OPEN || frames.length === 0) return;
    if (this.#socket === undefined) this.#send(frames);
    else this.#writeRaw(this.#socket, frames);
  }

  ping(): void {
    if (!this.#closing && this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
  }

  close(code: CloseCode, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#closing = true;
    this.#ws.terminate();
  }

  /**
   * In one system call; what is written is shared with other connections. Without a callback Node has nothing left to do once
   * the kernel took it: only where it did not, one is asked for behind all that waits.
   */
  #writeRaw(socket: Socket, frames: readonly Frame[]): void {
    const bytes = joined.of(frames);
    if (bytes === null) {
      socket.cork();
      for (const { chunks } of frames) for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    } else {
      socket.write(bytes);
    }
    if (this.#owesDrained || socket.writableLength === 0) return;
    this.#owesDrained = true;
    socket.write(NOTHING, this.#written);
  }

  #send(frames: readonly Frame[]): void {
    this.#owesDrained = true;
    for (const { chunks, headerBytes } of frames) {
      const message = Buffer.concat(chunks).subarray(headerBytes);
      this.#ws.send(message, { binary: this.encoding === 'msgpack' }, this.#written);
    }
  }

  readonly #written = (error?: Error | null): void => {
    // After an error the socket's `close` is all that follows.
    if (!this.#owesDrained || (error !== undefined && error !== null)) return;
    if (this.bufferedBytes > 0) {
      this.#socket?.write(NOTHING, this.#written);
      return;
    }
    this.#owesDrained = false;
    this.#events?.drained();
  };

  #message(data: RawData, isBinary: boolean, events: ConnectionEvents): void {
    if (this.#closing) return;
    if (isBinary !== (this.encoding === 'msgpack')) {
      this.close(
        CLOSE.brokenMessage,
        `${this.encoding} goes in ${isBinary ? 'text' : 'binary'} frames`,
      );
      return;
    }
    this.#messages += 1;
    withCorrelation(`${this.id}.${this.#messages}`, () => events.message(bytesOf(data)));
  }
}
