/** Ten of two hundred screens stop reading: what the hub holds for them, what the others notice, and what the ten see. */
import { pause } from '../hub/hub-process.js';
import type { ProbeReport } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { Seen } from '../load/slow-screens.js';
import type { LoadReport } from '../load/tills.js';
import { deliveries } from '../measure/deliveries.js';
import { atMost } from '../measure/goals.js';
import { interleave, type Measured } from '../measure/interleave.js';
import type { LatencySummary, Point } from '../measure/latency.js';
import { Rig, type RigCpu } from '../measure/rig.js';
import { ratios } from '../measure/spread.js';
import type { Bench, Figure, Plot, Result, Scenario, ValueFigure } from '../scenario.js';

const SCREENS = 190;
const SLOW = 10;
const TILLS = 4;
const UPDATES_PER_SECOND = 200;
/** Of a hundred lines each: some 11 KB to every screen. */
const TICKETS_PER_SECOND = 100;
const WARM_UP_SECONDS = 0.5;
const READ_ON_WAIT_MS = 15_000;
const SAMPLE_MS = 200;
const QUICK_REPETITIONS_MAX = 2;
const MB = 1_000_000;
/** `--outbox-bytes-max`, by default. */
const OUTBOX_BYTES_MAX = 1_048_576;
/** Notices and heartbeats, which are not counted as deltas. */
const ANSWER_BYTES = 4_096;

const SIDES = ['everybody reads', 'ten do not'] as const;
type Side = (typeof SIDES)[number];

interface Sample {
  readonly atMs: number;
  readonly outboxBytes: number;
  readonly lagging: number;
  readonly residentBytes: number;
}

interface Run {
  readonly load: LoadReport;
  /** From the acknowledgement to the last of those who read. */
  readonly toScreens: LatencySummary;
  readonly tickets: number;
  readonly samples: readonly Sample[];
  readonly cpu: RigCpu;
  readonly probe: ProbeReport;
  readonly seen: readonly Seen[];
}

/** The hub with its load, and a third generator: the slow screens, and whoever gives them much to read. */
class Evening {
  readonly #rig: Rig;
  readonly #slow: Generator;
  readonly #seconds: Readonly<Record<Side, number>>;

  private constructor(rig: Rig, slow: Generator, quick: boolean) {
    this.#rig = rig;
    this.#slow = slow;
    this.#seconds = { 'everybody reads': quick ? 4 : 10, 'ten do not': quick ? 8 : 15 };
  }

  static async begin(bench: Bench): Promise<Evening> {
    const { profileDirectory } = bench;
    const rig = await Rig.start({
      hub: { directory: bench.directory(), profileDirectory },
      tills: TILLS,
      work: ['small updates'],
      ordersPrepared: 100,
      screens: SCREENS,
      timed: true,
    });
    const evening = new Evening(rig, await Generator.start(), bench.quick);
    try {
      await evening.#openSlow();
      return evening;
    } catch (error) {
      await evening.end();
      throw error;
    }
  }

  async measure(side: Side): Promise<Run> {
    const isSlow = side === 'ten do not';
    if (isSlow) await this.#slow.call('slow.stopReading');
    await this.#slow.call('bulk.start');
    const watched = this.#watch();
    this.#rig.hub.startProbe();
    const [load, cpu] = await this.#rig.measured(() =>
      this.#rig.tills.call('tills.steadyRate', {
        work: 'small updates',
        perSecond: UPDATES_PER_SECOND,
        seconds: this.#seconds[side],
        warmUpSeconds: WARM_UP_SECONDS,
        keepAcknowledged: true,
      }),
    );
    const probe = await this.#rig.hub.stopProbe();
    const samples = await watched.end();
    const tickets = await this.#slow.call('bulk.stop');
    const seen = isSlow ? await this.#slow.call('slow.readOn', READ_ON_WAIT_MS) : [];
    await this.#rig.checkScreens();
    const [report] = await this.#rig.screens.call('screens.report');
    const arrivals = report?.lastArrivals ?? [];
    const toScreens = deliveries(load.acknowledged, arrivals).summary();
    return { load, toScreens, tickets, samples, cpu, probe, seen };
  }

  /** Milliseconds from their last reading on until the hub has ended all their connections. */
  async untilClosed(): Promise<number> {
    const before = (await this.#sample(0)).sessions;
    await this.#slow.call('slow.stopReading');
    const from = performance.now();
    const deadline = from + CLOSE_WAIT_MS;
    while ((await this.#sample(0)).sessions > before - SLOW) {
      if (performance.now() > deadline) throw new Error('who does not read is still connected');
      await pause(SAMPLE_MS);
    }
    return performance.now() - from;
  }

  async end(): Promise<void> {
    await this.#slow.stop();
    await this.#rig.stop();
  }

  async #openSlow(): Promise<void> {
    const { port, directory } = this.#rig.hub;
    const holders = { role: 'cashier', count: SLOW, prefix: 'slow' } as const;
    const tokens = await signTokens(directory, holders);
    const [token = ''] = await signTokens(directory, { role: 'manager', count: 1, prefix: 'bulk' });
    await this.#slow.call('bulk.open', { port, token, perSecond: TICKETS_PER_SECOND });
    await this.#slow.call('slow.open', { port, tokens, view: 'orders' });
  }

  async #sample(atMs: number): Promise<Sample & { readonly sessions: number }> {
    const metrics = await this.#rig.hub.metrics();
    const of = (name: string): number => metrics.get(`expeditor_hub_${name}`) ?? NaN;
    return {
      atMs,
      outboxBytes: of('outbox_bytes'),
      lagging: of('sessions_lagging'),
      sessions: of('sessions'),
      residentBytes: this.#rig.hub.residentBytes(),
    };
  }

  /** Samples until it is ended. */
  #watch(): { end(): Promise<readonly Sample[]> } {
    const samples: Sample[] = [];
    const from = performance.now();
    const ended = new AbortController();
    const watch = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        samples.push(await this.#sample(performance.now() - from));
        await pause(SAMPLE_MS);
      }
    };
    const watching = watch();
    return {
      async end() {
        ended.abort();
        await watching;
        return samples;
      },
    };
  }
}

/** The hub ends who has been silent for 30 s; it looks every second. */
const CLOSE_WAIT_MS = 45_000;

function most(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return Math.max(...samples.map(of));
}

function value(name: string, unit: string, values: readonly number[]): ValueFigure {
  return { kind: 'value', name, unit, values };
}

function memoryFigures(measured: Measured<Side, Run>): Figure[] {
  const slow = measured['ten do not'];
  const outboxMax = (SLOW * (OUTBOX_BYTES_MAX + ANSWER_BYTES)) / MB;
  const outbox = value(
    'most that waits in outboxes while ten do not read',
    'MB',
    slow.map(({ samples }) => most(samples, ({ outboxBytes }) => outboxBytes) / MB),
  );
  const resident = SIDES.map((side) =>
    value(
      `most resident memory of the hub, ${side}`,
      'MB',
      measured[side].map(({ samples }) => most(samples, ({ residentBytes: of }) => of) / MB),
    ),
  );
  return [
    { ...outbox, goal: atMost(outboxMax, '10 × 1 MiB and notices', 'everywhere') },
    ...resident,
  ];
}

function latencyFigures(measured: Measured<Side, Run>): Figure[] {
  const p99 = (side: Side, of: (run: Run) => LatencySummary): number[] =>
    measured[side].map((run) => of(run).p99);
  const kinds = [
    { name: 'acknowledged after', of: ({ load }: Run) => load.latency },
    { name: 'from there to the last screen that reads', of: ({ toScreens }: Run) => toScreens },
  ];
  return kinds.flatMap(({ name, of }): Figure[] => [
    ...SIDES.map((side): Figure => ({
      kind: 'latency',
      name: `${name}, ${side}`,
      unit: 'ms',
      summaries: measured[side].map(of),
    })),
    value(
      `${name}: p99 with ten that do not read over without`,
      '×',
      ratios(p99('ten do not', of), p99('everybody reads', of)),
    ),
  ]);
}

function seenFigures(runs: readonly Run[]): Figure[] {
  const count = (name: string, is: (seen: Seen) => boolean): ValueFigure =>
    value(
      `slow screens that ${name}`,
      '',
      runs.map(({ seen }) => seen.filter(is).length),
    );
  const ofEach = (of: (seen: Seen) => number): number[] =>
    runs.map(({ seen }) => Math.max(...seen.map(of)));
  return [
    count('are told that they lag', ({ notices }) => notices > 0),
    count('catch up by what changed', ({ catchUps, snapshots }) => catchUps > 0 && snapshots === 0),
    count('need a snapshot', ({ snapshots }) => snapshots > 0),
    count('hold what a newcomer is given', ({ equalAfterMs }) => equalAfterMs !== null),
    count('are closed', ({ closed }) => closed),
    value(
      'the last of them is equal, after reading on',
      'ms',
      ofEach(({ equalAfterMs }) => equalAfterMs ?? NaN),
    ),
    value(
      'catch-up of one of them',
      'KB',
      ofEach(({ catchUpBytes }) => catchUpBytes / 1_000),
    ),
    value(
      'tickets of a hundred lines bumped meanwhile',
      '/s',
      runs.map(({ tickets, cpu }) => (1_000 * tickets) / cpu.wallMs),
    ),
    value(
      'read by one of them in all, most of it from the kernel',
      'MB',
      ofEach(({ bytes }) => bytes / MB),
    ),
  ];
}

function cpuFigures(measured: Measured<Side, Run>): Figure[] {
  const share = (name: string, side: Side, of: (cpu: RigCpu) => number): ValueFigure =>
    value(
      `CPU of ${name}, ${side}`,
      '% of a core',
      measured[side].map(({ cpu }) => (100 * of(cpu)) / cpu.wallMs),
    );
  return SIDES.flatMap((side) => [
    share("the hub's event loop", side, ({ hub }) => hub.mainMs),
    share('the screens', side, ({ screensMs }) => screensMs),
  ]);
}

function plotsOf(run: Run | undefined): Plot[] {
  const points = (of: (sample: Sample) => number): Point[] =>
    (run?.samples ?? []).map((sample) => [sample.atMs / 1_000, of(sample)]);
  return [
    {
      kind: 'line',
      title: 'While ten of 200 screens do not read',
      x: 'seconds',
      y: 'MB',
      series: [
        { name: 'resident memory of the hub', points: points((of) => of.residentBytes / MB) },
        { name: 'waiting in outboxes', points: points((of) => of.outboxBytes / MB) },
      ],
    },
    {
      kind: 'line',
      title: 'Screens that lag',
      x: 'seconds',
      y: 'connections',
      series: [{ name: 'lagging', points: points(({ lagging }) => lagging) }],
    },
  ];
}

const NOTES = [
  `${SCREENS + SLOW} screens follow the view orders. ${UPDATES_PER_SECOND} small updates a second are timed from the moment at which each was due; beside them ${TICKETS_PER_SECOND} tickets of 100 lines a second are bumped at once, so that a screen is told a megabyte a second and the kernel, which holds some megabytes for a frozen reader, is full within the measurement.`,
  'Both sides run on one hub in turn. Screens that stopped read on after each measurement, when no more commands are given, and every copy that is checked then equals a fresh snapshot.',
];

export const slow: Scenario = {
  name: 'slow',
  says: 'Ten of 200 screens stop reading: memory, what the others notice, what the ten see.',
  async run(bench): Promise<Result> {
    const evening = await Evening.begin(bench);
    try {
      const repetitionsMax = bench.quick ? QUICK_REPETITIONS_MAX : Infinity;
      const repetitions = Math.min(bench.repetitions, repetitionsMax);
      const measured = await interleave(SIDES, repetitions, (side, repetition) => {
        bench.progress(repetition / repetitions, side);
        return evening.measure(side);
      });
      const runs = measured['ten do not'];
      const closed = bench.quick ? [] : [(await evening.untilClosed()) / 1_000];
      return {
        figures: [
          ...memoryFigures(measured),
          ...latencyFigures(measured),
          ...seenFigures(runs),
          ...cpuFigures(measured),
          ...closed.map((seconds) => value('frozen for good: closed after', 's', [seconds])),
        ],
        plots: plotsOf(runs.at(-1)),
        notes: [
          ...NOTES,
          bench.quick
            ? 'That who says nothing for 30 s is closed with 4413 is left out of the quick form.'
            : 'A screen that stays frozen is closed with 4413 when it has said nothing for 30 s.',
        ],
      };
    } finally {
      await evening.end();
    }
  },
};
