/** People who work on the same orders at the same moment: nobody's work may be lost, and being overtaken must not cost much. */
import { HubProcess } from '../hub/hub-process.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { WritersReport } from '../load/writers.js';
import { atMost } from '../measure/goals.js';
import { interleave } from '../measure/interleave.js';
import type { CpuTimes } from '../measure/process-figures.js';
import type { Bench, Figure, Plot, Result, Scenario } from '../scenario.js';

/** Who works on what. Half of the writers are cashiers, half waiters. */
const CROWDS = {
  'cashier and waiter, one order': { writers: 2, orders: 1, commandsPerWriter: 200 },
  '64 writers, 8 orders': { writers: 64, orders: 8, commandsPerWriter: 40 },
} as const;
type Crowd = keyof typeof CROWDS;
const CROWD_NAMES = Object.keys(CROWDS) as Crowd[];

const ROUNDS_QUICK = 3;
const ROUNDS = 12;

interface Run {
  readonly report: WritersReport;
  /** Of the writing and the checking together. */
  readonly wallMs: number;
  readonly hub: CpuTimes;
  readonly writersMs: number;
}

async function run(bench: Bench, crowd: Crowd): Promise<Run> {
  const { writers, orders, commandsPerWriter } = CROWDS[crowd];
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory: bench.directory(), profileDirectory });
  const generator = await Generator.start();
  try {
    const { port, directory } = hub;
    const cashiers = await signTokens(directory, { role: 'cashier', count: writers / 2 });
    const waiters = await signTokens(directory, { role: 'waiter', count: writers / 2 });
    const rounds = bench.quick ? ROUNDS_QUICK : ROUNDS;
    const clocks = { hub: hub.cpu(), writers: generator.cpu() };
    const from = performance.now();
    const options = { port, cashiers, waiters, orders, rounds, commandsPerWriter };
    const report = await generator.call('writers.run', options);
    return {
      report,
      wallMs: performance.now() - from,
      hub: clocks.hub.elapsed(),
      writersMs: clocks.writers.elapsed().totalMs,
    };
  } finally {
    await generator.stop();
    await hub.stop();
  }
}

function countsOf(crowd: Crowd, runs: readonly Run[]): Figure[] {
  const value = (what: string, unit: string, of: (run: Run) => number): Figure => ({
    kind: 'value',
    name: `${crowd}: ${what}`,
    unit,
    values: runs.map(of),
  });
  const tries = ({ report }: Run): number => report.changed + report.conflicts;
  return [
    {
      kind: 'value',
      name: `${crowd}: lost updates`,
      unit: '',
      values: runs.map(({ report }) => report.lost.length),
      goal: atMost(0, '0', 'everywhere'),
    },
    value('commands acknowledged', '/s', ({ report }) => {
      return (report.added + report.changed) / report.seconds;
    }),
    value('refused for an old version, of all tries to change', '%', (each) => {
      return (100 * each.report.conflicts) / tries(each);
    }),
    value('overtaken once or more, of all changes', '%', ({ report }) => {
      return (100 * report.overtaken) / report.changed;
    }),
    value('retries of a change', '', ({ report }) => report.conflicts / report.changed),
    value('retries of one change, most', '', ({ report }) => report.retriesMax),
    value('CPU of the whole hub', '% of a core', ({ hub, wallMs }) => (100 * hub.totalMs) / wallMs),
    value('CPU of the writers', '% of a core', (each) => (100 * each.writersMs) / each.wallMs),
  ];
}

function latenciesOf(crowd: Crowd, runs: readonly Run[]): Figure[] {
  const latency = (
    what: string,
    key: 'addedAfter' | 'changedAfter' | 'overtakenAfter' | 'retryAfter',
  ): Figure => ({
    kind: 'latency',
    name: `${crowd}: ${what}`,
    unit: 'ms',
    summaries: runs.map(({ report }) => report[key]),
  });
  return [
    latency('a line or payment added after', 'addedAfter'),
    latency('a change that nobody overtook after', 'changedAfter'),
    latency('an overtaken change, through after', 'overtakenAfter'),
    latency('one retry', 'retryAfter'),
  ];
}

function plotOf(crowd: Crowd, runs: readonly Run[]): Plot[] {
  const newest = runs.at(-1)?.report;
  if (newest === undefined) return [];
  return [
    {
      kind: 'line',
      title: `What a conflict costs: ${crowd}`,
      x: 'one command in',
      y: 'ms',
      logX: true,
      logY: true,
      series: [
        { name: 'added', points: newest.addedAfter.curve },
        { name: 'changed, not overtaken', points: newest.changedAfter.curve },
        { name: 'changed, overtaken', points: newest.overtakenAfter.curve },
      ],
    },
  ];
}

export const conflicts: Scenario = {
  name: 'conflicts',
  says: 'Cashiers and waiters on the same orders: nothing is lost, and what being overtaken costs.',
  async run(bench): Promise<Result> {
    let done = 0;
    const measured = await interleave(CROWD_NAMES, bench.repetitions, async (crowd) => {
      bench.progress(done / (bench.repetitions * CROWD_NAMES.length), crowd);
      done += 1;
      return run(bench, crowd);
    });
    const lost = CROWD_NAMES.flatMap((crowd) =>
      measured[crowd].flatMap(({ report }) => report.lost),
    );
    return {
      figures: CROWD_NAMES.flatMap((crowd) => [
        ...countsOf(crowd, measured[crowd]),
        ...latenciesOf(crowd, measured[crowd]),
      ]),
      plots: CROWD_NAMES.flatMap((crowd) => plotOf(crowd, measured[crowd])),
      notes: [
        'Every writer gives its next command with the answer to the last, without a pause: 35 % add a line, 25 % take a payment (cashiers), the rest raise the quantity of one of three shared lines by one, from what the till shows.',
        'A till that was overtaken tries again at once, from the row that the refusal brings as `current`. Additions need no version, and none was refused: a refusal of one ends the measurement.',
        'Lost: what was acknowledged (every line, payment and change, each change built on the one before, the total and what is paid to the penny) against order.get and a fresh snapshot, after every round.',
        ...lost.slice(0, 10).map((words) => `Lost: ${words}`),
      ],
    };
  },
};
