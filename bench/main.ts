/** The bench suite: runs scenarios, prints their figures beside the promises, writes JSON and HTML. */
import { Command } from 'commander';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faults } from './report/check.js';
import { htmlReport } from './report/html.js';
import { Progress } from './report/progress.js';
import {
  machine,
  packageVersion,
  verdicts,
  type Report,
  type ScenarioReport,
} from './report/report.js';
import { header, scenarioTable } from './report/table.js';
import type { Bench, Scenario } from './scenario.js';
import { CHECKED, SCENARIOS } from './scenarios/index.js';

interface Options {
  readonly quick?: true;
  readonly check?: true;
  readonly repetitions?: string;
  readonly json?: string;
  readonly html?: string;
  readonly profile?: string;
  readonly orders?: string;
  readonly menu?: string;
  readonly data?: string;
}

const REPETITIONS = 5;
const REPETITIONS_QUICK = 3;

function chosen(names: readonly string[], check: boolean): readonly Scenario[] {
  const unknown = names.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    const known = SCENARIOS.map(({ name }) => name).join(', ');
    throw new Error(`there is no scenario "${unknown}": choose from ${known}`);
  }
  if (names.length === 0) return check ? CHECKED : SCENARIOS;
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

async function runScenario(scenario: Scenario, bench: Bench): Promise<ScenarioReport> {
  const { name, says } = scenario;
  const from = performance.now();
  const seconds = (): number => (performance.now() - from) / 1_000;
  try {
    const result = await scenario.run(bench);
    return { name, says, seconds: seconds(), result, error: null };
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, says, seconds: seconds(), result: null, error: words };
  }
}

function recordedOf({ orders, menu }: Options): Bench['recorded'] {
  if (orders === undefined && menu === undefined) return null;
  if (orders === undefined || menu === undefined) {
    throw new Error('--orders and --menu go together');
  }
  return { orders, menu };
}

function benchOf(options: Options, root: string, progress: Progress): Bench {
  const quick = options.quick === true;
  const given = Number(options.repetitions ?? (quick ? REPETITIONS_QUICK : REPETITIONS));
  if (!Number.isInteger(given) || given < 1) throw new Error('--repetitions takes a whole number');
  return {
    quick,
    repetitions: given,
    recorded: recordedOf(options),
    data: options.data ?? null,
    profileDirectory: options.profile ?? null,
    directory: () => mkdtempSync(join(root, 'hub-')),
    progress: (done, words) => {
      progress.at(done, words);
    },
  };
}

async function run(names: readonly string[], options: Options): Promise<Report> {
  const scenarios = chosen(names, options.check === true);
  const root = mkdtempSync(join(tmpdir(), 'expeditor-bench-'));
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const progress = new Progress(scenarios.length);
  const bench = benchOf(options, root, progress);
  const started = {
    version: packageVersion(),
    startedAt: new Date().toISOString(),
    machine: machine(),
  };
  const done: ScenarioReport[] = [];
  try {
    for (const scenario of scenarios) {
      progress.begin(scenario.name);
      done.push(await runScenario(scenario, bench));
      progress.end();
    }
  } finally {
    progress.stop();
    rmSync(root, { recursive: true, force: true });
  }
  return { ...started, quick: bench.quick, repetitions: bench.repetitions, scenarios: done };
}

function print(report: Report): void {
  process.stdout.write(`${header(report)}\n\n`);
  for (const scenario of report.scenarios) process.stdout.write(`${scenarioTable(scenario)}\n\n`);
  const all = verdicts(report);
  const kept = all.filter(({ verdict }) => verdict === 'pass').length;
  process.stdout.write(`${kept} of ${all.length} promises kept.\n`);
}

async function bench(names: readonly string[], options: Options): Promise<void> {
  const report = await run(names, options);
  print(report);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
  if (options.html !== undefined) writeFileSync(options.html, htmlReport(report));
  const found = options.check === true ? faults(report) : [];
  for (const fault of found) process.stderr.write(`short: ${fault}\n`);
  const broken = report.scenarios.some(({ result }) => result === null);
  process.exitCode = found.length > 0 || broken ? 1 : 0;
}

await new Command('bench')
  .description('measures the hub against its promises')
  .argument('[scenario...]', `of ${SCENARIOS.map(({ name }) => name).join(', ')}; all without`)
  .option('--quick', 'shorter and smaller, the same shape')
  .option('--check', 'exit with 1 where a ratio or a count falls short in every repetition')
  .option('--repetitions <n>', `default ${REPETITIONS}, quick ${REPETITIONS_QUICK}`)
  .option('--json <file>', 'write every figure as JSON')
  .option('--html <file>', 'write a report with plots')
  .option('--profile <directory>', 'hubs write CPU profiles there')
  .option('--orders <file>', 'for bytes: CSV of recorded orders; default: the sample day')
  .option('--menu <file>', 'for bytes: CSV of their menu')
  .option(
    '--data <directory>',
    'for history: a copy of a data directory, as replay --years makes it',
  )
  .action(bench)
  .parseAsync();
