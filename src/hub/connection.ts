/**
 * The Connection port: what the hub needs of a socket, and what it does with what the socket brings. The server implements
 * it over ws; tests by hand.
 */
import type { CloseCode } from '../protocol/close-codes.js';
import type { Encoding } from '../protocol/messages.js';

/** A message framed for the socket, ready to be written to any number of connections of its encoding. Never changed after. */
export type Frame = Uint8Array;

/** Frames a message once: a WebSocket header before its bytes, text for json, binary for msgpack. */
export type FrameMessage = (message: Uint8Array, encoding: Encoding) => Frame;

export interface Connection {
  readonly id: string;
  readonly encoding: Encoding;
  /** For logs. */
  readonly remoteAddress: string;
  /** Bytes written that the kernel has not taken yet. */
  readonly bufferedBytes: number;
  /** Writes the frames, in order, in one go. Ignored once closing. */
  write(frames: readonly Frame[]): void;
  /** A WebSocket ping; what comes back is told as `alive`. */
  ping(): void;
  /** Sends what was written, then the close frame; cuts the socket if the peer does not answer in time. */
  close(code: CloseCode, reason: string): void;
  /** Cuts the socket at once. */
  terminate(): void;
}

/** What the server tells the hub about one connection. After `closed` nothing more is told. */
export interface ConnectionEvents {
  /** A whole message; the bytes may be reused by the caller after the call returns. */
  message(bytes: Uint8Array): void;
  /** `bufferedBytes` has come down to 0. */
  drained(): void;
  /** Anything at all came in, a pong for example. */
  alive(): void;
  closed(code: number): void;
}
