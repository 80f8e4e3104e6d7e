/** Where a client stands with its hub: one value, with the fields of that state alone. */
import type { WelcomeMessage } from '../../protocol/messages.js';

/** What every state bears, as it was when the value was made. */
export interface Contact {
  /** Milliseconds since the hub was last heard; null: never. `Client.silentMs` is the same figure at any moment. */
  readonly heardAgeMs: number | null;
  /** The hub's time minus this machine's wall clock, in milliseconds; null: not known yet. */
  readonly clockOffsetMs: number | null;
}

/** A state is told when its kind changes, and once a second while its age or its next try is worth showing. */
export type ConnectionState = Contact &
  (
    | {
        /** Fetching a token, opening the socket, waiting for `welcome`. */
        readonly kind: 'connecting';
        /** Counts from 0 since the last good connection. */
        readonly attempt: number;
      }
    | { readonly kind: 'live'; readonly welcome: WelcomeMessage }
    /** The socket is open and the hub has been silent for `STALE_MS`: what is shown may be old. Sent is still what is to be sent. */
    | { readonly kind: 'stale'; readonly welcome: WelcomeMessage }
    | {
        readonly kind: 'offline';
        readonly reason: string;
        /** Tries since the last good connection. */
        readonly attempt: number;
        /** Milliseconds to the next try, which comes by itself; null: none will, `close()` was called. */
        readonly nextTryInMs: number | null;
      }
    /** The hub ended the matter with this close code: a person, or a fresh token, is needed (`Client.connect`, `Client.renew`). */
    | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  );

/** Closed by its owner: it will not come back. */
export function isClosed(state: ConnectionState): boolean {
  return state.kind === 'offline' && state.nextTryInMs === null;
}
