/**
 * The Connection port: what the hub needs of a socket, and what it does with what the socket brings. The server implements
 * it over ws; tests by hand.
 */
import type { CloseCode } from '../protocol/close-codes.js';
import type { Encoding } from '../protocol/messages.js';

/**
 * A message framed for the socket, ready to be written to any number of connections of its encoding; never changed after.
 * The chunks, written in order, are the WebSocket frame: its header is the first `headerBytes` of the first chunk. Big
 * parts (a snapshot's tables) are chunks that many frames share.
 */
export interface Frame {
  readonly chunks: readonly Uint8Array[];
  readonly headerBytes: number;
  /** All chunks together. */
  readonly bytes: number;
}

/**
 * Frames a message once, text for json, binary for msgpack. The message is the parts in order; the first `headRoom` bytes
 * of the first part are free for the header (`FRAME_HEAD_ROOM`, so that a single part is framed without a copy).
 */
export type FrameMessage = (
  parts: readonly Uint8Array[],
  encoding: Encoding,
  headRoom: number,
) => Frame;

/** Bytes that the longest header of a server's frame takes. */
export const FRAME_HEAD_ROOM = 10;

export interface Connection {
  readonly id: string;
  readonly encoding: Encoding;
  /** The client's, for logs and for limits. */
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
