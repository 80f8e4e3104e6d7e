/** One seed, from the first client to the last judge. */
import { judge } from './judge.js';
import { NO_PLANT, type Plant } from './plant.js';
import { Simulation } from './simulation.js';

/** How long business goes on, and how long things then have to settle, in milliseconds of the simulation. */
const EVENING_MS = 30_000;
const CALM_MS = 60_000;

export interface SimOptions {
  readonly seed: number;
  /** Default: 3 to 5, by seed. */
  readonly clients?: number;
  readonly plant?: Plant;
  readonly onTrace?: (line: string) => void;
}

export interface SimReport {
  /** What was wrong; nothing: all that is promised held. */
  readonly findings: readonly string[];
  /** Of everything that happened: two runs of a seed have the same. */
  readonly digest: string;
  /** Commands that the hub acknowledged, programs, connections and hubs that there were. */
  readonly figures: Readonly<Record<'acked' | 'tabs' | 'hubs', number>>;
}

export async function runSim(options: SimOptions): Promise<SimReport> {
  const { seed, clients = 3 + (seed % 3), plant = NO_PLANT, onTrace = null } = options;
  const simulation = new Simulation({ seed, clients, plant, onTrace });
  await simulation.open();
  await simulation.evening(EVENING_MS);
  await simulation.calm(CALM_MS);
  const findings = await judge(simulation);
  const { journal, starts } = simulation.house;
  return {
    findings,
    digest: simulation.trace.digest(),
    figures: {
      acked: journal.requests.filter((request) => journal.isAcked(request)).length,
      tabs: simulation.devices.reduce((sum, { tabs }) => sum + tabs.length, 0),
      hubs: starts,
    },
  };
}
