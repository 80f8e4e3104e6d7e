/** What goes wrong in a run, and how often: chosen by its seed, so that some runs are calm in most ways and bad in one. */
import type { Random } from '../support/random-traffic/random.js';

/** Each a probability per message, per second, or an upper bound in milliseconds. */
export interface Weather {
  readonly latencyMs: number;
  readonly duplicates: number;
  readonly lostDeltas: number;
  readonly cuts: number;
  readonly silences: number;
  readonly holds: number;
  readonly outages: number;
  readonly reloads: number;
  readonly powerCuts: number;
  readonly crashes: number;
  readonly drains: number;
  readonly clockJumps: number;
  /** The upper bound of how late one side may learn of an end. */
  readonly lateEndMs: number;
  /** Of fetching a token. */
  readonly tokenFailures: number;
  readonly skewMs: number;
}

const HOUR_MS = 3_600_000;

export function chooseWeather(dice: Random): Weather {
  const sometimes = (value: number): number => (dice.chance(0.55) ? value * dice.next() : 0);
  return {
    latencyMs: dice.pick([2, 20, 150, 400]) ?? 2,
    duplicates: sometimes(0.2),
    lostDeltas: sometimes(0.06),
    cuts: sometimes(0.12),
    silences: sometimes(0.06),
    holds: sometimes(0.06),
    outages: sometimes(0.03),
    reloads: sometimes(0.04),
    powerCuts: sometimes(0.02),
    crashes: sometimes(0.06),
    drains: sometimes(0.03),
    clockJumps: sometimes(0.05),
    lateEndMs: dice.pick([10, 1_000, 25_000]) ?? 10,
    tokenFailures: sometimes(0.4),
    skewMs: sometimes(6 * HOUR_MS),
  };
}

/** Nothing goes wrong. */
export const FAIR: Weather = {
  latencyMs: 5,
  duplicates: 0,
  lostDeltas: 0,
  cuts: 0,
  silences: 0,
  holds: 0,
  outages: 0,
  reloads: 0,
  powerCuts: 0,
  crashes: 0,
  drains: 0,
  clockJumps: 0,
  lateEndMs: 10,
  tokenFailures: 0,
  skewMs: 0,
};
