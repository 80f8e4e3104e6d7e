/** A power loss at every acknowledgement, and a kill at every sync and rename, of a restaurant's evenings. */
import { describe, it } from 'vitest';
import { expectHeld } from './held.js';
import { orders } from './scenarios/orders.js';
import { restart } from './scenarios/restart.js';

/** On a machine that has much else to do. */
const WAIT_MS = 900_000;

describe('what is cut off by a power loss or a kill', () => {
  it(
    'F-IMG-1 F-IMG-2 F-IMG-5 I1 I2 I3 I5 I6 I7 an evening that begins in an empty directory',
    () => expectHeld(orders(), { powerLosses: 520, writes: 30 }),
    WAIT_MS,
  );

  it(
    'F-IMG-1 F-IMG-2 I1 I2 I3 I5 I6 I7 a hub that comes back to the log of one that was killed',
    () => expectHeld(restart(), { powerLosses: 410, writes: 20 }),
    WAIT_MS,
  );
});
