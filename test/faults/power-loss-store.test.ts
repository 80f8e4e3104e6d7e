/** A power loss at every acknowledgement, and a kill at every sync and rename, of what a hub does with its data. */
import { describe, it } from 'vitest';
import { expectHeld } from './held.js';
import { close } from './scenarios/close.js';

/** On a machine that has much else to do. */
const WAIT_MS = 900_000;

describe('what is cut off by a power loss or a kill', () => {
  it(
    'F-IMG-7 I1 I2 I3 I5 I6 I7 shifts that roll over, are handed over and closed',
    () => expectHeld(close(), { powerLosses: 700, writes: 40 }),
    WAIT_MS,
  );
});
