/** The same where a hub comes back to the log of one that was killed. */
import { describe, expect, it } from 'vitest';
import { seedsToRun } from '../support/seeds.js';
import { killPlans, powerLossPlans } from './images/plan.js';
import { findingsIn, recorded } from './recorded.js';
import { restart } from './scenarios/restart.js';

const POWER_LOSSES = 900;
const WRITES = 60;

describe('a restart that is cut off', () => {
  it('F-IMG-1 F-IMG-2 I1 I2 I3 I5 I6 I7 hold after a power loss at every acknowledgement, and after a kill at every sync and rename', async () => {
    const [seed = 1] = seedsToRun(1);
    const recording = await recorded(restart());
    expect(recording.answers.size).toBe(recording.commands.length);
    const { steps } = recording;
    const lost = await findingsIn(recording, powerLossPlans(steps, POWER_LOSSES, seed), seed);
    expect(lost, `seed ${seed}`).toEqual([]);
    const killed = await findingsIn(recording, killPlans(steps, WRITES, seed), seed);
    expect(killed, `seed ${seed}`).toEqual([]);
  });
});
