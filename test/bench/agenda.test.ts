import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Agenda } from '../../bench/load/agenda.js';

describe('the agenda of a day', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('does what is due in order, and goes on where it stood still', async () => {
    const agenda = new Agenda();
    const done: string[] = [];
    for (const [name, dueMs] of [
      ['late', 120],
      ['early', 10],
      ['at the pause', 52],
    ] as const) {
      agenda.at(dueMs, () => done.push(name));
    }

    const first = agenda.run(0, (nowMs) => nowMs < 52);
    await vi.advanceTimersByTimeAsync(100);
    await first;
    expect(done).toEqual(['early']);
    expect(agenda.size).toBe(2);

    const second = agenda.run(60, () => agenda.size > 0);
    await vi.advanceTimersByTimeAsync(100);
    await second;
    expect(done).toEqual(['early', 'at the pause', 'late']);
  });

  it('does what is overdue with the next tick', async () => {
    const agenda = new Agenda();
    const done: string[] = [];
    agenda.at(50, () => {
      agenda.at(10, () => done.push('overdue'));
    });

    const running = agenda.run(0, () => done.length === 0);
    await vi.advanceTimersByTimeAsync(70);
    await running;
    expect(done).toEqual(['overdue']);
  });
});
