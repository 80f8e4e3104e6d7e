/** The steps of the way of a command one by one: time and allocations, for whoever wants to know where to look. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MicroAnswer, MicroCosts, MicroOrder } from '../micro/child.js';
import { COMPARE, PROJECT } from '../micro/operations.js';
import { median, ratios } from '../measure/spread.js';
import type { Bench, Figure, Result, Scenario } from '../scenario.js';

const CHILD = fileURLToPath(new URL('../micro/child.js', import.meta.url));
/** Large enough that nothing is collected while allocations are counted. */
const SEMI_SPACE_MB = 64;
const NODE_FLAGS = [
  '--expose-gc',
  `--min-semi-space-size=${SEMI_SPACE_MB}`,
  `--max-semi-space-size=${SEMI_SPACE_MB}`,
];
const QUICK = { samples: 9, sampleMs: 10 };
const WHOLE = { samples: 25, sampleMs: 20 };
const NS_PER_US = 1_000;

async function measureOnce(bench: Bench, repetition: number): Promise<MicroCosts> {
  const { profileDirectory } = bench;
  const profile =
    profileDirectory === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDirectory];
  const child = fork(CHILD, { execArgv: [...NODE_FLAGS, ...profile] });
  try {
    const ended = once(child, 'exit').then(() => {
      throw new Error('the process that measures has ended');
    });
    ended.catch(() => {});
    const answered = once(child, 'message');
    child.send({
      ...(bench.quick ? QUICK : WHOLE),
      directory: bench.directory(),
      reversed: repetition % 2 === 1,
    } satisfies MicroOrder);
    const [answer] = (await Promise.race([answered, ended])) as [MicroAnswer];
    if (answer.kind === 'failed') throw new Error(answer.error);
    // A profile is written at its end.
    if (child.exitCode === null) await once(child, 'exit');
    return answer.costs;
  } finally {
    child.kill('SIGKILL');
  }
}

function nanosecondsOf(all: readonly MicroCosts[], wanted: string): number[] {
  return all.map((costs) => costs.find(([name]) => name === wanted)?.[1].nanoseconds ?? NaN);
}

function figuresOf(all: readonly MicroCosts[]): Figure[] {
  const [first = []] = all;
  const costs = first.flatMap(([name], index): Figure[] => {
    const of = all.map((each) => each[index]?.[1] ?? { nanoseconds: NaN, bytes: NaN });
    const times = of.map(({ nanoseconds }) => nanoseconds / NS_PER_US);
    return [
      { kind: 'value', name, unit: 'µs', values: times },
      {
        kind: 'value',
        name: `${name}: allocated`,
        unit: 'bytes',
        values: of.map(({ bytes }) => Math.round(bytes)),
      },
    ];
  });
  const comparison: Figure = {
    kind: 'value',
    name: 'comparing an order over the delta of a change set',
    unit: '×',
    values: ratios(nanosecondsOf(all, COMPARE), nanosecondsOf(all, PROJECT)),
  };
  return [...costs, comparison];
}

export const micro: Scenario = {
  name: 'micro',
  says: 'The steps of the way of a command one by one: time, and bytes allocated.',
  async run(bench): Promise<Result> {
    const all: MicroCosts[] = [];
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(repetition / bench.repetitions, `repetition ${repetition + 1}`);
      all.push(await measureOnce(bench, repetition));
    }
    const { samples, sampleMs } = bench.quick ? QUICK : WHOLE;
    return {
      figures: figuresOf(all),
      plots: [
        {
          kind: 'bar',
          title: 'Time of each step (median)',
          y: 'µs',
          logY: true,
          bars: (all[0] ?? []).map(([name]) => ({
            name,
            value: median(nanosecondsOf(all, name)) / NS_PER_US,
          })),
        },
      ],
      notes: [
        `Each repetition is a process of its own, which takes the steps in turn, every other one from the last to the first; a figure is the median of ${samples} samples of at least ${sampleMs} ms. 1,000 orders of three lines are in memory.`,
        `Allocations are those of the thread, in the heap and in buffers, counted with a young generation of ${SEMI_SPACE_MB} MB so that nothing is collected meanwhile.`,
        'A step is one line that goes from queued to preparing or from there to ready. A commit is the way to the writer and back: on the disk where nothing else is said, into the page cache with "no fsync"; its time is that of one of the group.',
        'Comparing: an order of 3 KB as a screen sees it, before and after a step, by fast-json-patch. The change set knows what changed, so the hot path compares nothing.',
      ],
    };
  },
};
