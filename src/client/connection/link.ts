/**
 * One connection from its opening to its end. It is fenced: once it has ended or was dropped it tells nothing more, so a late
 * event of an old connection cannot touch the new one.
 */
import { CLOSE } from '../../protocol/close-codes.js';
import { decode, encode } from '../../protocol/codec.js';
import type { ClientMessage, Encoding, HelloMessage, HubMessage } from '../../protocol/messages.js';
import type { ClientSocket, OpenSocket } from './socket.js';

export interface LinkOptions {
  readonly openSocket: OpenSocket;
  readonly url: string;
  readonly encoding: Encoding;
  /** Sent as soon as the socket is open. */
  readonly hello: HelloMessage;
}

export interface LinkEvents {
  /** Something came. Told before it is believed: the owner may drop the link for what it sees. */
  arrived(): void;
  message(message: HubMessage): void;
  /** Exactly once, unless the link was dropped; also for a message that cannot be read. */
  closed(code: number, reason: string): void;
}

/** What a link counts as that ended without a close code: never made, given up, or not understood. */
export const ABNORMAL = 1006;

/** Null: not a message. A hub of a later version may send types that are unknown here. */
function read(bytes: Uint8Array, encoding: Encoding): HubMessage | null {
  try {
    const message = decode(bytes, encoding) as HubMessage | null;
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}

export class Link {
  readonly #encoding: Encoding;
  readonly #events: LinkEvents;
  readonly #socket: ClientSocket | null = null;
  #over = false;

  constructor({ openSocket, url, encoding, hello }: LinkOptions, events: LinkEvents) {
    this.#encoding = encoding;
    this.#events = events;
    try {
      this.#socket = openSocket(url, encoding, {
        opened: () => {
          this.send(hello);
        },
        message: (bytes) => {
          this.#received(bytes);
        },
        closed: (code, reason) => {
          this.#end(code, reason);
        },
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      // The owner holds the link only after this call.
      queueMicrotask(() => {
        this.#end(ABNORMAL, reason);
      });
    }
  }

  send(message: ClientMessage): void {
    this.sendBytes(encode(message, this.#encoding));
  }

  /** A message encoded before, for what may be sent again. */
  sendBytes(bytes: Uint8Array): void {
    if (!this.#over) this.#socket?.send(bytes);
  }

  /** Closes the socket and tells nothing more. */
  drop(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket?.close(code, reason);
  }

  #received(bytes: Uint8Array): void {
    this.#events.arrived();
    if (this.#over) return;
    const message = read(bytes, this.#encoding);
    if (message !== null) this.#events.message(message);
    else {
      this.#socket?.close(CLOSE.done, 'not understood');
      this.#end(ABNORMAL, 'a message cannot be read');
    }
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.closed(code, reason);
  }
}
