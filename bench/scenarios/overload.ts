/** A hub that is offered five times what it can do: how much of its work still comes out, how soon, and what is shed. */
import { HubProcess } from '../hub/hub-process.js';
import type { ProbeReport } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { OverloadReport } from '../load/overload.js';
import { atLeast } from '../measure/goals.js';
import type { Bench, Figure, Result, Scenario } from '../scenario.js';

const TIMES = 5;
/** Each may have 256 requests under way, so that the hub's own bound is met first. */
const TILLS = 32;
const OUTSTANDING = 64;
const KINDS = ['order', 'kitchen', 'payment'] as const;
const BYTES_PER_MB = 1_048_576;

interface Run {
  /** Commands a second, each answer followed by the next command. */
  readonly capacity: number;
  readonly overload: OverloadReport;
  readonly probe: ProbeReport;
  /** Shares of a core while it was offered too much. */
  readonly hubCpu: number;
  readonly generatorCpu: number;
}

async function run(bench: Bench): Promise<Run> {
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory: bench.directory(), profileDirectory });
  const tills = await Generator.start();
  try {
    const { port, directory } = hub;
    const tokens = await signTokens(directory, { role: 'manager', count: TILLS });
    const work = 'as in life';
    await tills.call('tills.open', { port, tokens, work: [work], ordersPrepared: 0 });
    const closed = await tills.call('tills.closedLoop', {
      ...{ work, outstanding: OUTSTANDING, warmUpSeconds: 2, seconds: bench.quick ? 3 : 8 },
    });
    await tills.call('tills.close');
    const capacity = closed.commands / closed.seconds;
    const clocks = { hub: hub.cpu(), tills: tills.cpu() };
    const from = performance.now();
    hub.startProbe();
    const perSecond = Math.round(TIMES * capacity);
    const overload = await tills.call('overload.run', {
      ...{ port, tokens, perSecond, warmUpSeconds: 1, seconds: bench.quick ? 5 : 10 },
    });
    const wallMs = performance.now() - from;
    if (overload.unanswered > 0) throw new Error(`${overload.unanswered} commands unanswered`);
    return {
      ...{ capacity, overload, probe: await hub.stopProbe() },
      hubCpu: (100 * clocks.hub.elapsed().totalMs) / wallMs,
      generatorCpu: (100 * clocks.tills.elapsed().totalMs) / wallMs,
    };
  } finally {
    await tills.stop();
    await hub.stop();
  }
}

function figuresOf(runs: readonly Run[]): Figure[] {
  const value = (name: string, unit: string, of: (run: Run) => number): Figure => ({
    ...{ kind: 'value', name, unit, values: runs.map(of) },
  });
  const goodput = ({ overload: { acknowledged, seconds } }: Run): number => acknowledged / seconds;
  return [
    value(`capacity: ${OUTSTANDING} outstanding`, '/s', ({ capacity }) => capacity),
    value(
      'answered while too much is offered',
      '/s',
      ({ overload: { given, seconds } }) => given / seconds,
    ),
    value('goodput: acknowledged of these', '/s', goodput),
    {
      ...value('goodput over capacity', '×', (each) => goodput(each) / each.capacity),
      goal: atLeast(0.8, '0.8 ×', 'everywhere'),
    } as Figure,
    value(
      'answered over capacity',
      '×',
      ({ overload: { given, seconds }, capacity }) => given / seconds / capacity,
    ),
    {
      kind: 'latency',
      name: 'acknowledged after',
      unit: 'ms',
      summaries: runs.map(({ overload: { latency } }) => latency),
    },
    ...KINDS.map((kind) =>
      value(`shed of ${kind}.*`, '%', ({ overload: { byKind } }) => {
        const { given, shed } = byKind[kind] ?? { given: 0, shed: 0 };
        return given === 0 ? 0 : (100 * shed) / given;
      }),
    ),
    value(
      'RSS, the most of it',
      'MB',
      ({ probe: { memory } }) => Math.max(...memory.map(({ rss }) => rss)) / BYTES_PER_MB,
    ),
    value("the hub's event-loop delay, p99", 'ms', ({ probe }) => probe.eventLoopDelay.p99),
    value('CPU of the hub', '% of a core', ({ hubCpu }) => hubCpu),
    value('CPU of the generator', '% of a core', ({ generatorCpu }) => generatorCpu),
  ];
}

export const overload: Scenario = {
  name: 'overload',
  says: 'A hub that is offered five times what it can do: what still comes out, and what is shed.',
  async run(bench): Promise<Result> {
    const runs: Run[] = [];
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(repetition / bench.repetitions, `repetition ${repetition + 1}`);
      runs.push(await run(bench));
    }
    return {
      figures: figuresOf(runs),
      plots: [],
      notes: [
        `${TILLS} tills on bare sockets, work as in life: orders, bumps and payments. First ${OUTSTANDING} outstanding, then a schedule of ${TIMES} times what came out of that; what is refused is given again later.`,
        'Generator and hub share the machine: where the generator cannot give five times as much, "answered over capacity" says how much it was, and what the generator uses the hub lacks.',
      ],
    };
  },
};
