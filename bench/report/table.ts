/** The report as a table for a terminal: each figure beside its promise. */
import Table from 'cli-table3';
import { judge, verdictWords } from '../measure/spread.js';
import type { Figure } from '../scenario.js';
import type { Report, ScenarioReport } from './report.js';
import { medianOf, number, spread, withUnit } from './words.js';
import { median } from '../measure/spread.js';

const HEAD = ['', 'median', 'p50', 'p95', 'p99', 'max', 'spread', 'promise', ''];

/** Numbers stand right, words left. */
const ALIGNED = [
  'left',
  'right',
  'right',
  'right',
  'right',
  'right',
  'right',
  'left',
  'left',
] as const;

function row(figure: Figure): string[] {
  const judged = judge(figure);
  const promise = judged.map(({ goal }) => goal.words).join('; ');
  const verdict = judged.map(verdictWords).join('; ');
  if (figure.kind === 'value') {
    const { name, unit, values } = figure;
    return [name, withUnit(median(values), unit), '', '', '', '', spread(values), promise, verdict];
  }
  const { name, unit, summaries } = figure;
  const at = (percentile: 'p50' | 'p95' | 'p99' | 'max'): string =>
    number(medianOf(summaries, (summary) => summary[percentile]));
  const p99s = summaries.map(({ p99 }) => p99);
  const cells = [at('p50'), at('p95'), at('p99'), at('max'), `p99 ${spread(p99s)}`];
  return [`${name} (${unit})`, '', ...cells, promise, verdict];
}

export function scenarioTable({ name, says, seconds, result, error }: ScenarioReport): string {
  const title = `${name}: ${says} (${Math.round(seconds)} s)`;
  if (result === null) return `${title}\n  failed: ${error ?? ''}`;
  const table = new Table({
    head: HEAD,
    colAligns: [...ALIGNED],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of result.figures) table.push(row(figure));
  return [title, table.toString(), ...result.notes.map((note) => `  ${note}`)].join('\n');
}

export function header({ version, machine, startedAt, quick, repetitions }: Report): string {
  const form = quick ? 'quick form' : 'whole form';
  return `Expeditor ${version}, ${form}, ${repetitions} repetitions, ${startedAt}\n${machine}`;
}
