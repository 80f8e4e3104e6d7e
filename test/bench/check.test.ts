/** The check of the bench suite fails on what it is there for, and on nothing that only this machine decides. */
import { describe, expect, it } from 'vitest';
import { atLeast, atMost } from '../../bench/measure/goals.js';
import { faults } from '../../bench/report/check.js';
import { htmlReport } from '../../bench/report/html.js';
import type { Report } from '../../bench/report/report.js';
import { header, scenarioTable } from '../../bench/report/table.js';
import type { Figure, Result } from '../../bench/scenario.js';

function reportOf(figures: readonly Figure[] | null): Report {
  const result: Result | null = figures && {
    figures,
    plots: [
      {
        kind: 'line',
        title: 'Over <time>',
        x: 's',
        y: 'ms',
        series: [{ name: 'a', points: [[0, 1]] }],
      },
      { kind: 'bar', title: 'Side by side', y: 'ms', bars: [{ name: 'a', value: 2 }] },
    ],
    notes: ['a note & more'],
  };
  const error = result === null ? 'it broke' : null;
  const scenario = { name: 'fanout', says: 'What it says.', seconds: 1, result, error };
  const startedAt = '2026-01-01T00:00:00.000Z';
  const machine = 'some machine';
  return {
    version: '1.2.3',
    startedAt,
    machine,
    quick: true,
    repetitions: 3,
    scenarios: [scenario],
  };
}

const ratio = (values: readonly number[], holds: 'everywhere' | 'on this machine'): Figure => ({
  kind: 'value',
  name: 'ours over theirs',
  unit: '×',
  values,
  goal: atMost(0.6, '0.6 ×', holds),
});

describe('bench:check', () => {
  it('fails on a ratio that no repetition kept', () => {
    expect(faults(reportOf([ratio([0.7, 0.61, 0.9], 'everywhere')]))).toEqual([
      'fanout, ours over theirs: 0.7, 0.61, 0.9; promised: at most 0.6 ×',
    ]);
  });

  it('passes where one repetition kept it', () => {
    expect(faults(reportOf([ratio([0.7, 0.6, 0.9], 'everywhere')]))).toEqual([]);
  });

  it('is content with what is known to be short, and fails beyond it', () => {
    const known = (value: number): Figure => {
      const goal = { ...atMost(0.6, '0.6 ×', 'everywhere'), knownShort: 1.2 };
      return { kind: 'value', name: 'ours over theirs', unit: '×', values: [value], goal };
    };
    expect(faults(reportOf([known(1.1)]))).toEqual([]);
    expect(faults(reportOf([known(1.3)]))).toHaveLength(1);
    expect(scenarioTable(reportOf([known(1.1)]).scenarios[0]!)).toContain('short, known');
  });

  it('leaves times and rates to the machine', () => {
    expect(faults(reportOf([ratio([0.7, 0.8, 0.9], 'on this machine')]))).toEqual([]);
  });

  it('fails on a scenario that broke', () => {
    expect(faults(reportOf(null))).toEqual(['fanout failed']);
  });
});

describe('the report', () => {
  const figures: Figure[] = [
    ratio([0.5, 0.55], 'everywhere'),
    {
      kind: 'value',
      name: 'rate',
      unit: '/s',
      values: [12_345.6],
      goal: atLeast(20_000, '20,000 /s', 'on this machine'),
    },
  ];

  it('as a table stands each figure beside its promise', () => {
    const [scenario] = reportOf(figures).scenarios;
    const table = scenarioTable(scenario!);
    expect(table).toMatch(/ours over theirs .*0\.525 × .*0\.5 to 0\.55 .*at most 0\.6 × .*pass/);
    expect(table).toMatch(/rate .*12,346 \/s .*at least 20,000 \/s .*short/);
    expect(table).toContain('a note & more');
    expect(header(reportOf(figures))).toContain('some machine');
    expect(scenarioTable(reportOf(null).scenarios[0]!)).toContain('failed: it broke');
  });

  it('as a page needs nothing else, and escapes what it was given', () => {
    const page = htmlReport(reportOf(figures));
    expect(page).toContain('1 of 2 kept');
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).toContain('Over &lt;time&gt;');
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/);
  });
});
