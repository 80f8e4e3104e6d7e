import { describe, expect, it } from 'vitest';
import type { Replica, ReplicaTrouble } from '../../src/client/index.js';
import { silentLog, type Log } from '../../src/base/log.js';
import { scene, type Scene } from './support.js';

interface Loop extends Scene {
  readonly replica: Replica;
  readonly warnings: unknown[];
  asked(): number;
  /** The hub's heartbeat is ahead, and whatever is asked is answered with the same snapshot. */
  gap(): void;
  answer(): void;
}

/** A hub that says that it sent more than it ever sends. */
function loop(): Loop {
  const warnings: unknown[] = [];
  const log: Log = { ...silentLog, warn: (...args: unknown[]) => void warnings.push(args) };
  const stage = scene({ log });
  stage.connection().welcome();
  const replica = stage.client.subscribe('main/kitchen');
  const answer = (): void => {
    stage.connection().snapshot(5, [{ id: 'l1', version: 1 }]);
  };
  answer();
  return {
    ...stage,
    replica,
    warnings,
    answer,
    asked: () => stage.connection().all('subscribe').length,
    gap: () => {
      stage.connection().heartbeat(6);
    },
  };
}

/** Five resyncs, all that are done at once. */
function looping(): Loop {
  const stage = loop();
  for (let nth = 0; nth < 5; nth += 1) {
    stage.timers.advance(1_000);
    stage.gap();
    stage.answer();
  }
  return stage;
}

describe('the breaker of a channel', () => {
  it('C-REP-18 after five resyncs without peace it waits longer and longer, and says so', () => {
    const { replica, gap, answer, asked, timers, connection, warnings } = looping();
    expect(asked()).toBe(6);
    expect(replica).toMatchObject({ state: 'live', trouble: null });
    const told: (ReplicaTrouble | null)[] = [];
    replica.onChange((change) => {
      if (change.kind === 'state') told.push(change.trouble);
    });
    for (const pauseMs of [2_000, 4_000, 8_000]) {
      const before = asked();
      gap();
      expect(replica).toMatchObject({ state: 'lagging', trouble: { retryInMs: pauseMs } });
      timers.advance(pauseMs - 1);
      connection().heartbeat(6);
      expect(asked()).toBe(before);
      timers.advance(1);
      expect(asked()).toBe(before + 1);
      answer();
      expect(replica).toMatchObject({ state: 'live', trouble: null });
    }
    expect(warnings).toHaveLength(3);
    expect(told.map((trouble) => trouble?.resyncs ?? null)).toEqual([6, null, 7, null, 8, null]);
  });

  it('C-REP-18 the longest pause is a minute, and it never stops trying', () => {
    const { replica, gap, answer, asked, timers, connection } = looping();
    const pauses: (number | undefined)[] = [];
    for (let nth = 0; nth < 20; nth += 1) {
      gap();
      pauses.push(replica.trouble?.retryInMs);
      for (let second = 0; second < 60; second += 1) {
        timers.advance(1_000);
        connection().say({ type: 'heartbeat', serverTime: 0, versions: {} });
      }
      answer();
    }
    expect(pauses.slice(4)).toEqual(new Array<number>(16).fill(60_000).fill(32_000, 0, 1));
    expect(asked()).toBe(26);
  });

  it('C-REP-19 thirty seconds of peace make it forget', () => {
    const { replica, gap, timers, connection } = looping();
    for (let second = 0; second < 30; second += 1) {
      timers.advance(1_000);
      connection().heartbeat(5);
    }
    gap();
    expect(replica).toMatchObject({ state: 'lagging', trouble: null });
  });

  it('C-REP-20 what the hub sends unasked ends the pause, and so does a new connection', () => {
    const { replica, gap, answer, asked, timers, connection } = looping();
    gap();
    answer();
    expect(replica).toMatchObject({ state: 'live', trouble: null });
    timers.advance(2_000);
    expect(asked()).toBe(6);
    gap();
    connection().cut();
    timers.advance(500);
    connection().welcome();
    expect(asked()).toBe(1);
    answer();
    timers.advance(4_000);
    expect(asked()).toBe(1);
    expect(replica.trouble).toBeNull();
  });

  it('C-REP-20 a pause that ends without a connection, or after it was closed, asks nothing', () => {
    const { gap, timers, connection, connections } = looping();
    gap();
    connection().cut();
    timers.advance(500);
    const greeting = connection();
    greeting.open();
    timers.advance(2_000);
    expect(greeting.sent.map(({ type }) => type)).toEqual(['hello']);
    expect(connections).toHaveLength(2);
    const other = looping();
    other.gap();
    other.replica.close();
    other.timers.advance(2_000);
    expect(other.asked()).toBe(6);
  });
});
