/** Medians, spreads and ratios of repetitions, and whether a figure keeps its promise. */
import type { Figure, Goal } from '../scenario.js';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}

/** Ratios of what was measured side by side, repetition by repetition. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  return numerators.map((value, index) => value / (denominators[index] ?? NaN));
}

export function keeps({ sense, limit }: Goal, value: number): boolean {
  return sense === 'at most' ? value <= limit : value >= limit;
}

/** A goal with the values that it is held against. */
export interface Judged {
  readonly name: string;
  readonly goal: Goal;
  readonly unit: string;
  readonly values: readonly number[];
  /** By the median. */
  readonly verdict: 'pass' | 'short';
  /** Not even the best repetition keeps it, or what it is known to fall short to. */
  readonly wholeSpreadShort: boolean;
}

export function judge(figure: Figure): Judged[] {
  if (figure.kind === 'value') {
    const { name, goal, unit, values } = figure;
    return goal === undefined ? [] : [judged({ name, unit, values }, goal)];
  }
  const { name, goals = {}, summaries } = figure;
  return (['p50', 'p95', 'p99'] as const).flatMap((percentile) => {
    const goal = goals[percentile];
    if (goal === undefined) return [];
    const values = summaries.map((summary) => summary[percentile]);
    return [judged({ name: `${name}, ${percentile}`, unit: 'ms', values }, goal)];
  });
}

function judged(what: Pick<Judged, 'name' | 'unit' | 'values'>, goal: Goal): Judged {
  const { values } = what;
  const insistedOn = { ...goal, limit: goal.knownShort ?? goal.limit };
  return {
    ...what,
    goal,
    verdict: keeps(goal, median(values)) ? 'pass' : 'short',
    wholeSpreadShort: values.every((value) => !keeps(insistedOn, value)),
  };
}

/** `pass`, `short`, or `short, known`. */
export function verdictWords({ verdict, goal }: Judged): string {
  return verdict === 'short' && goal.knownShort !== undefined ? 'short, known' : verdict;
}
