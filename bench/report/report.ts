/** One run of the suite: what was measured, where and when. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { judge, type Judged } from '../measure/spread.js';
import type { Result } from '../scenario.js';

export interface ScenarioReport {
  readonly name: string;
  readonly says: string;
  readonly seconds: number;
  /** null: it failed; `error` says why. */
  readonly result: Result | null;
  readonly error: string | null;
}

export interface Report {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly machine: string;
  readonly quick: boolean;
  readonly repetitions: number;
  readonly scenarios: readonly ScenarioReport[];
}

const BYTES_PER_GB = 1_000_000_000;

/** `2 × Some CPU @ 2 GHz, 25 GB, Linux 6.1, Node 20.19.2`. */
export function machine(): string {
  const [cpu] = cpus();
  const model = cpu?.model.trim() ?? 'unknown CPU';
  const memory = `${Math.round(totalmem() / BYTES_PER_GB)} GB`;
  return `${availableParallelism()} × ${model}, ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}`;
}

export function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

export interface Verdict extends Judged {
  readonly scenario: string;
}

/** Every promise that was measured. */
export function verdicts({ scenarios }: Report): readonly Verdict[] {
  return scenarios.flatMap(({ name: scenario, result }) =>
    (result?.figures ?? []).flatMap(judge).map((judged) => ({ scenario, ...judged })),
  );
}
