/** A power loss, and a kill, in an evening that begins in an empty directory. */
import { describe, expect, it } from 'vitest';
import { seedsToRun } from '../support/seeds.js';
import { killPlans, powerLossPlans } from './images/plan.js';
import { findingsIn, recorded } from './recorded.js';
import { orders } from './scenarios/orders.js';

const POWER_LOSSES = 1_100;
const WRITES = 60;

describe('an evening that is cut off', () => {
  it('F-IMG-1 F-IMG-2 F-IMG-5 I1 I2 I3 I5 I6 I7 hold after a power loss at every acknowledgement, and after a kill at every sync and rename', async () => {
    const [seed = 1] = seedsToRun(1);
    const recording = await recorded(orders());
    expect(recording.answers.size).toBe(recording.commands.length);
    const { steps } = recording;
    const lost = await findingsIn(recording, powerLossPlans(steps, POWER_LOSSES, seed), seed);
    expect(lost, `seed ${seed}`).toEqual([]);
    const killed = await findingsIn(recording, killPlans(steps, WRITES, seed), seed);
    expect(killed, `seed ${seed}`).toEqual([]);
  });
});
