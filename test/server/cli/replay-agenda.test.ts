import { describe, expect, it } from 'vitest';
import { SettableClock } from '../../../src/base/clock.js';
import { Agenda } from '../../../src/server/cli/replay/agenda.js';
import { ManualTimers } from '../../support/manual-timers.js';

const MINUTE = 60_000;

interface Scene {
  readonly agenda: Agenda;
  readonly clock: SettableClock;
  readonly timers: ManualTimers;
  /** What began, with the recorded minute. */
  readonly log: string[];
  /** Enters something that runs until `end` is called with its name. */
  enter(name: string, minute: number, mode?: 'free' | 'ordered' | 'alone'): void;
  begin(name: string): void;
  end(name: string): void;
}

function scene(speed: number | null = null): Scene {
  const clock = new SettableClock(0);
  const timers = new ManualTimers();
  const agenda = new Agenda({ start: 0, speed, clock, timers });
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const begins = new Map<string, () => void>();
  return {
    agenda,
    clock,
    timers,
    log,
    enter(name, minute, mode) {
      agenda.at(
        minute * MINUTE,
        (begun) => {
          log.push(`${name} ${clock.now() / MINUTE}`);
          begins.set(name, begun);
          return new Promise((resolve) => ends.set(name, resolve));
        },
        mode,
      );
    },
    begin: (name) => begins.get(name)?.(),
    end: (name) => ends.get(name)?.(),
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('agenda', () => {
  it('R-TIME-1 events begin in order of time, beside each other, at their own time', async () => {
    const { enter, log } = scene();
    enter('c', 9);
    enter('a', 2);
    enter('b', 5);
    await settle();
    expect(log).toEqual(['a 2', 'b 5', 'c 9']);
  });

  it('R-TIME-2 nothing begins more than a quarter of an hour after what is still under way', async () => {
    const { enter, end, log } = scene();
    enter('a', 0);
    enter('b', 15);
    enter('c', 16);
    await settle();
    expect(log).toEqual(['a 0', 'b 15']);
    end('a');
    await settle();
    expect(log).toEqual(['a 0', 'b 15', 'c 16']);
  });

  it('R-TIME-3 an ordered event holds the time until it has begun', async () => {
    const { enter, begin, log } = scene();
    enter('a', 1, 'ordered');
    enter('b', 2);
    await settle();
    expect(log).toEqual(['a 1']);
    begin('a');
    await settle();
    expect(log).toEqual(['a 1', 'b 2']);
  });

  it('R-TIME-4 one alone waits for the others, and they for it', async () => {
    const { enter, end, log } = scene();
    enter('a', 1);
    enter('b', 2, 'alone');
    enter('c', 3);
    await settle();
    expect(log).toEqual(['a 1']);
    end('a');
    await settle();
    expect(log).toEqual(['a 1', 'b 2']);
    end('b');
    await settle();
    expect(log).toEqual(['a 1', 'b 2', 'c 3']);
  });

  it('R-TIME-5 at 60x a minute takes a second, and quiet hours none', async () => {
    const { enter, end, log, timers, clock } = scene(60);
    enter('a', 2);
    enter('b', 120);
    await settle();
    timers.advance(1_500);
    expect(log).toEqual([]);
    expect(clock.now()).toBe(1.5 * MINUTE);
    timers.advance(500);
    await settle();
    expect(log).toEqual(['a 2']);
    end('a');
    await settle();
    expect(log).toEqual(['a 2', 'b 120']);
  });

  it('R-TIME-6 what comes of something later than now waits for it; the time never goes back', async () => {
    const { agenda, clock } = scene();
    agenda.passTo(5 * MINUTE);
    agenda.passTo(3 * MINUTE);
    expect(clock.now()).toBe(5 * MINUTE);
    expect(agenda.since(9 * MINUTE)).toBe(9 * MINUTE);
    expect(agenda.since(1 * MINUTE)).toBe(5 * MINUTE);
    const own = { start: 7, speed: null, clock: null, timers: new ManualTimers() };
    expect(new Agenda(own).since(9 * MINUTE)).toBe(7);
    await agenda.idle();
  });

  it('R-TIME-7 the first failure ends it', async () => {
    const { agenda, enter, log } = scene();
    agenda.at(0, () => Promise.reject(new Error('no such till')));
    await settle();
    enter('b', 1);
    await expect(agenda.idle()).rejects.toThrow('no such till');
    expect(log).toEqual([]);
  });
});
