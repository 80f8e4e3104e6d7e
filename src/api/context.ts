/** What the API's routes are given by the composition root. */
import type { Clock, Timers } from '../base/clock.js';
import type { NewId } from '../base/ids.js';
import type { Log } from '../base/log.js';
import type { Hub } from '../hub/hub.js';
import type { TokenVerdict } from '../hub/options.js';
import type { Store } from '../store/port.js';
import type { Identity } from './identity/identity.js';

export interface ApiContext {
  readonly hub: Hub;
  readonly store: Store;
  /** Dates what the hub records. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
  readonly identity: Identity;
  readonly verifyToken: (token: string) => Promise<TokenVerdict>;
  /** From the close of a shift to the move of its orders into the archive, unless a request says otherwise. */
  readonly archiveAfterMs: number;
  /** Of this program. */
  readonly version: string;
}
