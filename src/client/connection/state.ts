/** Where a client stands with its hub: one value, with the fields of that state alone. */
import type { WelcomeMessage } from '../../protocol/messages.js';

export type ClientState =
  /** Fetching a token, opening the socket, waiting for `welcome`. `attempt` counts from 0 since the last good connection. */
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'live'; readonly welcome: WelcomeMessage }
  /** The next try comes by itself. */
  | {
      readonly kind: 'waiting';
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** For good. `code` null: `close()` was called. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly reason: string };
