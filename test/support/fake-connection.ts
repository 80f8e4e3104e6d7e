/** A Connection without a socket: what the hub writes is decoded and kept; a stalled one leaves it before the "kernel". */
import type { CloseCode } from '../../src/protocol/close-codes.js';
import { decode } from '../../src/protocol/codec.js';
import type { Encoding, HubMessage } from '../../src/protocol/messages.js';
import type { Connection, Frame, FrameMessage } from '../../src/hub/connection.js';

/** Frames without a header: the message's parts as they are. */
export const plainFrame: FrameMessage = (parts, _encoding, headRoom) => {
  const chunks = parts.map((part, index) => (index === 0 ? part.subarray(headRoom) : part));
  return {
    chunks,
    headerBytes: 0,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  };
};

function messageOf(frame: Frame, encoding: Encoding): HubMessage {
  return decode(Buffer.concat(frame.chunks), encoding) as HubMessage;
}

let lastId = 0;

export class FakeConnection implements Connection {
  readonly id = `connection-${String((lastId += 1))}`;
  readonly remoteAddress = '127.0.0.1';
  readonly encoding: Encoding;
  readonly onMessage: (message: HubMessage, frame: Frame) => void;
  closed: { readonly code: CloseCode; readonly reason: string } | null = null;
  /** Calls of `write`: each would be one system call. */
  writes = 0;
  pings = 0;
  #stalled: Frame[] | null = null;

  constructor(encoding: Encoding, onMessage: (message: HubMessage, frame: Frame) => void) {
    this.encoding = encoding;
    this.onMessage = onMessage;
  }

  get bufferedBytes(): number {
    return (this.#stalled ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  write(frames: readonly Frame[]): void {
    if (this.closed !== null) return;
    this.writes += 1;
    if (this.#stalled !== null) this.#stalled.push(...frames);
    else for (const frame of frames) this.onMessage(messageOf(frame, this.encoding), frame);
  }

  ping(): void {
    this.pings += 1;
  }

  close(code: CloseCode, reason: string): void {
    this.closed ??= { code, reason };
  }

  terminate(): void {
    this.closed ??= { code: 1012, reason: 'cut' };
  }

  /** The peer stops reading. */
  stall(): void {
    this.#stalled ??= [];
  }

  /** The peer reads again: all that was written arrives. The caller tells the hub `drained`. */
  resume(): void {
    const frames = this.#stalled ?? [];
    this.#stalled = null;
    for (const frame of frames) this.onMessage(messageOf(frame, this.encoding), frame);
  }
}
