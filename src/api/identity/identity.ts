/** Who may do what: logins, their sessions, pairing of devices. */
import type { Clock } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Hub } from '../../hub/hub.js';
import type { Store } from '../../store/port.js';
import { Logins } from './logins.js';
import { Pairing } from './pairing.js';
import { Sessions, type SignToken } from './sessions.js';

export interface IdentityOptions {
  readonly hub: Hub;
  readonly store: Store;
  /** The world's, not one that a replay sets: logins live in real time. */
  readonly clock: Clock;
  readonly newId: NewId;
  readonly signToken: SignToken;
}

export interface Identity {
  readonly sessions: Sessions;
  readonly logins: Logins;
  readonly pairing: Pairing;
}

export function createIdentity({ signToken, ...world }: IdentityOptions): Identity {
  const { store, clock } = world;
  const sessions = new Sessions({ ...world, signToken });
  return {
    sessions,
    logins: new Logins({ store, clock, sessions }),
    pairing: new Pairing({ ...world, sessions }),
  };
}
