/** One scenario's share of the images that CI checks. */
import { expect } from 'vitest';
import { seedsToRun } from '../support/seeds.js';
import { killPlans, powerLossPlans } from './images/plan.js';
import { findingsIn, recorded } from './recorded.js';
import type { Scenario } from './recording/recorder.js';

export interface Share {
  readonly powerLosses: number;
  /** Writes behind which it is killed, beside every sync and rename. */
  readonly writes: number;
}

/** Fails where an image finds something. */
export async function expectHeld(
  scenario: Scenario,
  { powerLosses, writes }: Share,
): Promise<void> {
  const [seed = 1] = seedsToRun(1);
  const recording = await recorded(scenario);
  expect(recording.answers.size).toBe(recording.commands.length);
  const { steps } = recording;
  const lost = await findingsIn(recording, powerLossPlans(steps, powerLosses, seed), seed);
  expect(lost, `seed ${seed}`).toEqual([]);
  const killed = await findingsIn(recording, killPlans(steps, writes, seed), seed);
  expect(killed, `seed ${seed}`).toEqual([]);
}
