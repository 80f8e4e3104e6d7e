/** A bug, planted from outside through public ports, that the checkers have to find. Nothing set: there is none. */
import type { ClientOptions } from '../../src/client/index.js';
import type { ClientMessage, HubMessage } from '../../src/protocol/messages.js';
import type { StoreFault } from '../support/faulty-store.js';
import type { Link } from './link.js';

export interface Plant {
  readonly store?: StoreFault;
  /** What a client says, as its link carries it; null: it is lost. */
  readonly up?: (message: ClientMessage, link: Link) => ClientMessage | null;
  /** What the hub says. */
  readonly down?: (message: HubMessage, link: Link) => HubMessage | null;
  readonly client?: (options: ClientOptions) => ClientOptions;
}

export const NO_PLANT: Plant = {};
