/** What counts as kept: the median for a reader, the whole spread for a check. */
import { describe, expect, it } from 'vitest';
import { atLeast, atMost } from '../../bench/measure/goals.js';
import { interleave } from '../../bench/measure/interleave.js';
import { Latencies } from '../../bench/measure/latency.js';
import { judge, median, ratios } from '../../bench/measure/spread.js';

describe('medians and ratios', () => {
  it('takes the middle one, or halfway between two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('divides what was measured side by side', () => {
    expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
  });

  it('measures the sides in turn, there and back', async () => {
    const order: string[] = [];
    const measured = await interleave(['a', 'b'], 3, (side, repetition) => {
      order.push(side);
      return Promise.resolve(repetition);
    });
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(measured).toEqual({ a: [0, 1, 2], b: [0, 1, 2] });
  });
});

describe('a promise', () => {
  const goal = atMost(10, '10 ms', 'on this machine');

  it('is kept by the median', () => {
    const [judged] = judge({ kind: 'value', name: 'x', unit: 'ms', values: [9, 11, 8], goal });
    expect(judged).toMatchObject({ verdict: 'pass', wholeSpreadShort: false });
  });

  it('is short by the median, and wholly short only where no repetition keeps it', () => {
    const [some] = judge({ kind: 'value', name: 'x', unit: 'ms', values: [11, 9, 12], goal });
    expect(some).toMatchObject({ verdict: 'short', wholeSpreadShort: false });
    const [all] = judge({ kind: 'value', name: 'x', unit: 'ms', values: [11, 10.1, 12], goal });
    expect(all).toMatchObject({ verdict: 'short', wholeSpreadShort: true });
  });

  it('of a rate is a least value', () => {
    const rate = atLeast(100, '100 /s', 'everywhere');
    const [judged] = judge({ kind: 'value', name: 'x', unit: '/s', values: [99], goal: rate });
    expect(judged?.verdict).toBe('short');
  });

  it('of a latency names its percentile', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 100; ms += 1) latencies.record(ms);
    const summaries = [latencies.summary()];
    const [judged] = judge({
      kind: 'latency',
      name: 'x',
      unit: 'ms',
      summaries,
      goals: { p99: goal },
    });
    expect(judged).toMatchObject({ name: 'x, p99', verdict: 'short' });
  });

  it('that was not measured is not kept', () => {
    const [judged] = judge({ kind: 'value', name: 'x', unit: 'ms', values: [NaN], goal });
    expect(judged).toMatchObject({ verdict: 'short', wholeSpreadShort: true });
  });
});

describe('latencies', () => {
  it('are told in milliseconds, to three digits', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.record(ms);
    const { count, p50, p99, max } = latencies.summary();
    expect(count).toBe(1_000);
    expect(p50).toBeCloseTo(500, -1);
    expect(p99).toBeCloseTo(990, -1);
    expect(max).toBeCloseTo(1_000, -1);
  });
});
