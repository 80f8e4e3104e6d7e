/** The hub's side of the writer, against a writer that answers, fails and dies by hand. */
import { describe, expect, test } from 'vitest';
import type { Cancel, Timers } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import type { CommitOutcome } from '../../src/store/port.js';
import type { FromWriter, ToWriter } from '../../src/store/sqlite/messages.js';
import { WriteQueue, type Writer } from '../../src/store/sqlite/write-queue.js';
import { orderRequest } from '../support/store.js';

const SPENT = { groupMs: 3, commitMs: 2 };

class HandWriter implements Writer {
  readonly posted: ToWriter[] = [];
  say: (message: FromWriter) => void = () => undefined;
  die: (reason: string) => void = () => undefined;
  ended = false;

  post(message: ToWriter): void {
    this.posted.push(message);
  }

  onMessage(listener: (message: FromWriter) => void): void {
    this.say = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.die = listener;
  }

  end(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }

  settle(...outcomes: (number | CommitOutcome)[]): void {
    this.say({ type: 'settled', outcomes, full: null, bugs: [], walBytes: 0, spent: SPENT });
  }
}

class HandTimers implements Timers {
  readonly waiting: { delayMs: number; run: () => void }[] = [];

  after(delayMs: number, run: () => void): Cancel {
    const entry = { delayMs, run };
    this.waiting.push(entry);
    return () => {
      const place = this.waiting.indexOf(entry);
      if (place >= 0) this.waiting.splice(place, 1);
    };
  }

  every(): Cancel {
    throw new Error('nothing repeats here');
  }

  monotonicMs(): number {
    return 0;
  }

  /** Runs what waits, and gives how long it would have waited. */
  run(): number[] {
    const due = this.waiting.splice(0);
    for (const { run } of due) run();
    return due.map(({ delayMs }) => delayMs);
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp() {
  const timers = new HandTimers();
  const writers = [new HandWriter()];
  const first = writers[0];
  if (first === undefined) throw new Error('there is a first writer');
  const queue = new WriteQueue(first, [['main', 10]], {
    timers,
    log: silentLog,
    reopen: () => {
      const writer = new HandWriter();
      writers.push(writer);
      return writer;
    },
  });
  const statuses: string[] = [];
  queue.onStatus(({ state }) => statuses.push(state));
  const settled: string[] = [];
  const commit = (number: number) => {
    queue.commit(orderRequest('main', { orderId: `o${String(number)}`, number }), (outcome) => {
      const version = outcome.kind === 'committed' ? ` ${String(outcome.version)}` : '';
      settled.push(`${String(number)} ${outcome.kind}${version}`);
    });
  };
  const opened = { type: 'opened', epoch: 'e', heads: [], rolledBack: null } as const;
  return { queue, timers, writers, first, statuses, settled, commit, opened };
}

describe('S-FAIL-3 the settle rule', () => {
  test('what was in flight waits for the reopened disk, then settles in version order', async () => {
    const { timers, writers, first, statuses, settled, commit, opened } = setUp();
    for (const number of [1, 2, 3, 4]) commit(number);
    await nextTurn();
    first.settle(11);
    first.say({ type: 'failed', reason: 'EIO' });
    commit(5);
    await nextTurn();
    expect(settled).toEqual(['1 committed 11', '5 unavailable']);
    expect(statuses).toEqual(['ready', 'recovering']);
    expect(first.ended).toBe(true);

    timers.run();
    writers[1]?.say(opened);
    expect(writers[1]?.posted).toMatchObject([{ type: 'recover', settled: [['main', 11]] }]);
    const asked = writers[1]?.posted[0];
    expect(asked?.type === 'recover' ? asked.items.length : 0).toBe(3);
    const outcomes = [13, { kind: 'unavailable', reason: 'not there' }, 12] as const;
    writers[1]?.say({ type: 'recovered', outcomes });
    expect(settled.slice(2)).toEqual(['4 committed 12', '2 committed 13', '3 unavailable']);
    expect(statuses).toEqual(['ready', 'recovering', 'ready']);

    commit(6);
    await nextTurn();
    writers[1]?.settle(14);
    expect(settled.at(-1)).toBe('6 committed 14');
  });

  test('a writer that dies is one that failed', async () => {
    const { timers, writers, first, statuses, settled, commit, opened } = setUp();
    commit(1);
    await nextTurn();
    first.die('out of memory');
    timers.run();
    writers[1]?.say(opened);
    writers[1]?.say({ type: 'recovered', outcomes: [11] });
    expect(settled).toEqual(['1 committed 11']);
    expect(statuses).toEqual(['ready', 'recovering', 'ready']);
  });

  test('it tries again with growing waits, without end, and hears no writer of before', async () => {
    const { timers, writers, first, settled, commit } = setUp();
    commit(1);
    await nextTurn();
    first.say({ type: 'failed', reason: 'EIO' });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      waits.push(...timers.run());
      const reason = 'still EIO';
      writers[attempt]?.say({
        type: 'open_failed',
        operation: 'open',
        path: 'p',
        reason,
        hint: 'h',
      });
      writers[attempt]?.die('and gone');
    }
    first.settle(11);
    expect(settled).toEqual([]);
    expect(waits).toEqual([0, 50, 100, 200, 400, 800, 1600, 2000, 2000]);
  });

  test('a close does not wait for ever for a broken disk, and settles nothing that it does not know', async () => {
    const { queue, timers, writers, first, settled, commit } = setUp();
    commit(1);
    await nextTurn();
    first.say({ type: 'failed', reason: 'EIO' });
    const drained = queue.drain();
    timers.run();
    await drained;
    await queue.close();
    expect(settled).toEqual([]);
    expect(writers.at(-1)?.ended).toBe(true);
  });
});

test('S-FULL-1 full is a state that the next commit that fits ends', async () => {
  const { first, statuses, settled, commit } = setUp();
  commit(1);
  await nextTurn();
  const refused = { kind: 'unavailable', reason: 'SQLITE_FULL' } as const;
  const full = { full: 'no space', bugs: [], walBytes: 0, spent: SPENT };
  first.say({ type: 'settled', outcomes: [refused], ...full });
  commit(2);
  await nextTurn();
  first.settle(11);
  expect(statuses).toEqual(['ready', 'full', 'ready']);
  expect(settled).toEqual(['1 unavailable', '2 committed 11']);
});

test('S-GROUP-1 commits of one turn are handed over together, and a settle that throws harms no other', async () => {
  const { queue, first, settled, commit } = setUp();
  commit(1);
  queue.commit(orderRequest('main', { orderId: 'bad', number: 9 }), () => {
    throw new Error('a bug of the listener');
  });
  commit(2);
  expect(first.posted).toEqual([]);
  await nextTurn();
  expect(first.posted).toHaveLength(1);
  first.settle(11, 12, 13);
  expect(settled).toEqual(['1 committed 11', '2 committed 13']);
  expect(queue.stats()['queue_length']).toBe(0);
});
