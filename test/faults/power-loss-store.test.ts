/** A power loss at every acknowledgement, and a kill at every sync and rename, of what a hub does with its data. */
import { describe, it } from 'vitest';
import { expectHeld } from './held.js';
import { archive } from './scenarios/archive.js';
import { backup } from './scenarios/backup.js';
import { bringBack } from './scenarios/bring-back.js';
import { close } from './scenarios/close.js';
import { erasure } from './scenarios/erasure.js';
import { migration } from './scenarios/migration.js';
import { restore } from './scenarios/restore.js';

/** On a machine that has much else to do. */
const WAIT_MS = 900_000;

describe('what is cut off by a power loss or a kill', () => {
  it(
    'F-IMG-7 I1 I2 I3 I5 I6 I7 shifts that roll over, are handed over and closed',
    () => expectHeld(close(), { powerLosses: 330, writes: 20 }),
    WAIT_MS,
  );

  it(
    'F-IMG-8 I1 I2 I3 I5 I6 I7 a run of the archive, and an order that comes back from it',
    () => expectHeld(archive(), { powerLosses: 200, writes: 25 }),
    WAIT_MS,
  );

  it(
    'F-IMG-12 I1 I2 I3 I5 I6 I7 an erasure in the archive, and a run of it after that',
    () => expectHeld(erasure(), { powerLosses: 60, writes: 10 }),
    WAIT_MS,
  );

  it(
    'F-IMG-12 all orders that are brought back from the archive',
    () => expectHeld(bringBack(), { powerLosses: 30, writes: 10 }),
    WAIT_MS,
  );

  it(
    'F-IMG-9 I1 I2 I3 I5 I6 I7 a backup beside a hub whose tills go on',
    () => expectHeld(backup(), { powerLosses: 190, writes: 15 }),
    WAIT_MS,
  );

  it(
    'F-IMG-10 a restore over a directory that went on',
    () => expectHeld(restore(), { powerLosses: 120, writes: 15 }),
    WAIT_MS,
  );

  it.each([1, 2] as const)(
    'F-IMG-11 I1 I2 I3 I5 I6 I7 the first start on a database of version %i',
    (version) => expectHeld(migration(version), { powerLosses: 70, writes: 15 }),
    WAIT_MS,
  );
});
