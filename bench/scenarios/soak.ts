/** A day of ten branches in a few minutes: whether memory stays where it is from one change of shift to the next. */
import { seedBranches } from '../hub/branches.js';
import { HubProcess } from '../hub/hub-process.js';
import type { MemorySample, ProbeReport } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import { RECORDS_PER_ORDER } from '../load/restaurant.js';
import type { ShiftReport } from '../load/restaurants.js';
import { atMost } from '../measure/goals.js';
import { Latencies, type Point } from '../measure/latency.js';
import { median } from '../measure/spread.js';
import type { Bench, Figure, Goal, Plot, Result, Scenario } from '../scenario.js';

const BRANCHES = 10;
const SHIFTS = 4;
const HOURS = 8;
const TILLS_PER_BRANCH = 3;
const VIEWS = ['orders', 'kitchen'] as const;
const SCREENS_PER_VIEW = 2;
const RECORDS_PER_BRANCH = 15_000;
/** An order takes as long as two thirds of an hour of the day. */
const ORDER_SHARE_OF_DAY = 2 / 3 / HOURS;
const BYTES_PER_MB = 1_000_000;

interface Scale {
  readonly shiftSeconds: number;
  /** Of the day's records. */
  readonly share: number;
}

const WHOLE: Scale = { shiftSeconds: 60, share: 1 };
const QUICK: Scale = { shiftSeconds: 7.5, share: 1 / 5 };

interface Day {
  readonly shifts: readonly ShiftReport[];
  /** Milliseconds since the probe began; the last is the end of the day. */
  readonly shiftEndsMs: readonly number[];
  readonly probe: ProbeReport;
  readonly restBefore: MemorySample;
  readonly cpuShares: { readonly hub: number; readonly tills: number; readonly screens: number };
}

interface Staffed {
  readonly hub: HubProcess;
  readonly tills: Generator;
  readonly screens: Generator;
}

async function openDoors({ hub, tills, screens }: Staffed, ids: readonly string[]): Promise<void> {
  const { port, directory } = hub;
  const branches = await Promise.all(
    ids.map(async (id) => {
      const holders = { role: 'manager', count: TILLS_PER_BRANCH, branch: id } as const;
      return { id, tokens: await signTokens(directory, holders) };
    }),
  );
  await tills.call('restaurants.open', { port, branches });
  for (const branchId of ids) {
    for (const view of VIEWS) {
      const holders = { count: SCREENS_PER_VIEW, branch: branchId, prefix: view };
      const tokens = await signTokens(directory, { role: 'cashier', ...holders });
      const checking = 1;
      await screens.call('screens.open', { port, tokens, view, branchId, checking, timed: false });
    }
  }
}

/** After a collection, with nothing going on. */
async function memoryAtRest(hub: HubProcess): Promise<MemorySample> {
  hub.startProbe();
  const { memory } = await hub.stopProbe(true);
  const last = memory.at(-1);
  if (last === undefined) throw new Error('the probe gives a sample');
  return last;
}

async function live(staffed: Staffed, bench: Bench): Promise<Day> {
  const { hub, tills, screens } = staffed;
  const { shiftSeconds, share } = bench.quick ? QUICK : WHOLE;
  const restBefore = await memoryAtRest(hub);
  const clocks = { hub: hub.cpu(), tills: tills.cpu(), screens: screens.cpu() };
  hub.startProbe();
  const from = performance.now();
  const shifts: ShiftReport[] = [];
  const shiftEndsMs: number[] = [];
  for (let nth = 1; nth <= SHIFTS; nth += 1) {
    bench.progress((nth - 1) / SHIFTS, `shift ${nth} of ${SHIFTS}`);
    const shift = await tills.call('restaurants.shift', {
      seconds: shiftSeconds,
      ordersPerBranch: Math.round((RECORDS_PER_BRANCH * share) / RECORDS_PER_ORDER / SHIFTS),
      orderSeconds: shiftSeconds * SHIFTS * ORDER_SHARE_OF_DAY,
      then: nth === SHIFTS ? 'finish' : 'change shift',
    });
    shifts.push(shift);
    shiftEndsMs.push(performance.now() - from);
  }
  const percent = (cpuMs: number): number => (100 * cpuMs) / (performance.now() - from);
  const cpuShares = {
    hub: percent(clocks.hub.elapsed().totalMs),
    tills: percent(clocks.tills.elapsed().totalMs),
    screens: percent(clocks.screens.elapsed().totalMs),
  };
  await checkScreens(screens);
  return { shifts, shiftEndsMs, restBefore, probe: await hub.stopProbe(true), cpuShares };
}

async function checkScreens(screens: Generator): Promise<void> {
  const reports = await screens.call('screens.report');
  const found = [
    ...reports.flatMap(({ faults }) => faults),
    ...(await screens.call('screens.check')),
  ];
  if (found.length > 0) throw new Error(`the screens are wrong: ${found.join('; ')}`);
}

async function runDay(bench: Bench): Promise<Day> {
  const directory = bench.directory();
  const ids = await seedBranches(directory, BRANCHES);
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory, profileDirectory, nodeFlags: ['--expose-gc'] });
  const generators: Generator[] = [];
  try {
    const tills = await Generator.start();
    generators.push(tills);
    const screens = await Generator.start();
    generators.push(screens);
    const staffed = { hub, tills, screens };
    await openDoors(staffed, ids);
    return await live(staffed, bench);
  } finally {
    await Promise.all(generators.map((generator) => generator.stop()));
    await hub.stop();
  }
}

/** The samples of a shift, the first being 1. */
function samplesOf({ probe, shiftEndsMs }: Day, nth: number): readonly MemorySample[] {
  const from = shiftEndsMs[nth - 2] ?? 0;
  const until = shiftEndsMs[nth - 1] ?? 0;
  return probe.memory.filter(({ atMs }) => atMs >= from && atMs < until);
}

function value(name: string, unit: string, values: readonly number[], goal?: Goal): Figure {
  return { kind: 'value', name, unit, values, ...(goal !== undefined && { goal }) };
}

function memoryFigures(day: Day): Figure[] {
  const { memory } = day.probe;
  const most = (of: (sample: MemorySample) => number): number =>
    Math.max(...memory.map(of)) / BYTES_PER_MB;
  const rssOfShift = Array.from({ length: SHIFTS }, (_, index) =>
    median(samplesOf(day, index + 1).map(({ rss }) => rss)),
  );
  const flat = (rssOfShift[SHIFTS - 1] ?? NaN) / (rssOfShift[1] ?? NaN);
  const restAfter = memory.at(-1) ?? day.restBefore;
  return [
    value(
      'RSS, the most of the day',
      'MB',
      [most(({ rss }) => rss)],
      atMost(200, '200 MB', 'on this machine'),
    ),
    value('RSS, last shift over second shift', '×', [flat], atMost(1.1, '1.1 ×', 'everywhere')),
    ...rssOfShift.map((rss, index) =>
      value(`RSS, median of shift ${index + 1}`, 'MB', [rss / BYTES_PER_MB]),
    ),
    value('heap, the most of the day', 'MB', [most(({ heapUsed }) => heapUsed)]),
    value('outside the heap, the most of the day', 'MB', [most(({ external }) => external)]),
    value('heap at rest before the first order', 'MB', [day.restBefore.heapUsed / BYTES_PER_MB]),
    value('heap at rest after the last shift', 'MB', [restAfter.heapUsed / BYTES_PER_MB]),
  ];
}

function workFigures(day: Day): Figure[] {
  const { probe, shifts, cpuShares } = day;
  const dayMs = day.shiftEndsMs.at(-1) ?? NaN;
  const pauses = new Latencies();
  let pausedMs = 0;
  for (const { durationMs } of probe.collections) {
    pauses.record(durationMs);
    pausedMs += durationMs;
  }
  const sum = (of: (shift: ShiftReport) => number): number =>
    shifts.reduce((total, shift) => total + of(shift), 0);
  const changes = shifts.slice(0, -1).map(({ changeMs }) => changeMs);
  return [
    { kind: 'latency', name: 'pause of a collection', unit: 'ms', summaries: [pauses.summary()] },
    value('time in collections', '%', [(100 * pausedMs) / dayMs]),
    value("the hub's event-loop delay, p99", 'ms', [probe.eventLoopDelay.p99]),
    {
      kind: 'latency',
      name: 'acknowledged after, shift by shift',
      unit: 'ms',
      summaries: shifts.map(({ latency }) => latency),
    },
    value('change of shift, the slowest of ten branches', 'ms', changes),
    value('records', '', [sum(({ records }) => records)]),
    value('commands', '/s', [(1_000 * sum(({ commands }) => commands)) / dayMs]),
    value('CPU of the hub', '% of a core', [cpuShares.hub]),
    value('CPU of the tills', '% of a core', [cpuShares.tills]),
    value('CPU of the screens', '% of a core', [cpuShares.screens]),
  ];
}

function plotsOf({ probe }: Day): Plot[] {
  const seconds = (atMs: number): number => atMs / 1_000;
  const line = (name: string, of: (sample: MemorySample) => number) => ({
    name,
    points: probe.memory.map((sample): Point => [seconds(sample.atMs), of(sample) / BYTES_PER_MB]),
  });
  return [
    {
      kind: 'line',
      title: 'Memory over the day',
      x: 'seconds',
      y: 'MB',
      series: [
        line('RSS', ({ rss }) => rss),
        line('heap', ({ heapUsed }) => heapUsed),
        line('outside the heap', ({ external }) => external),
      ],
    },
    {
      kind: 'line',
      title: 'Pauses of the garbage collection over the day',
      x: 'seconds',
      y: 'ms',
      series: [
        {
          name: 'collections',
          points: probe.collections.map(({ atMs, durationMs }): Point => [
            seconds(atMs),
            durationMs,
          ]),
        },
      ],
    },
  ];
}

function notesOf({ shiftSeconds, share }: Scale): string[] {
  const orders = ((RECORDS_PER_BRANCH * share) / RECORDS_PER_ORDER).toLocaleString('en');
  const records = (RECORDS_PER_BRANCH * share).toLocaleString('en');
  const less = share === 1 ? '' : ` The quick form has a part of them: RSS is that of less data.`;
  return [
    `${BRANCHES} branches, ${records} records each (${orders} orders of three lines: header, lines and payment count; logs, events and answers come on top), ${HOURS} hours in ${shiftSeconds * SHIFTS} s.${less}`,
    `${SHIFTS} shifts, so ${SHIFTS - 1} changes; orders that are not finished are carried over. ${TILLS_PER_BRANCH} tills a branch, and ${SCREENS_PER_VIEW} screens each for ${VIEWS.join(' and ')}, one of which decodes and is compared with a fresh snapshot at the end.`,
    'Flat: the median RSS of the last shift beside that of the second. No collection is forced within the day; at rest means after a forced one, before the first order and after the last shift.',
    'One day is one run: it is not repeated.',
  ];
}

export const soak: Scenario = {
  name: 'soak',
  says: 'A day of ten branches with three changes of shift: memory and collections over time.',
  async run(bench): Promise<Result> {
    const day = await runDay(bench);
    return {
      figures: [...memoryFigures(day), ...workFigures(day)],
      plots: plotsOf(day),
      notes: notesOf(bench.quick ? QUICK : WHOLE),
    };
  },
};
