/** What `bench:check` insists on: what holds on any machine, judged kindly. */
import { verdicts, type Report } from './report.js';
import { number } from './words.js';

/** What fails a check: a scenario that broke, or a ratio or count that no repetition kept. */
export function faults(report: Report): string[] {
  const broken = report.scenarios
    .filter(({ result }) => result === null)
    .map(({ name }) => `${name} failed`);
  const short = verdicts(report)
    .filter(({ goal, wholeSpreadShort }) => goal.holds === 'everywhere' && wholeSpreadShort)
    .map(
      ({ scenario, name, goal, values }) =>
        `${scenario}, ${name}: ${values.map(number).join(', ')}; promised: ${goal.words}`,
    );
  return [...broken, ...short];
}
