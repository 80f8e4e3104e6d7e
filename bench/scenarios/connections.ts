/** What an idle connection costs in memory: of a thousand, and of ten thousand. */
import { HubProcess, pause } from '../hub/hub-process.js';
import type { MemorySample } from '../hub/probe.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import { atMost } from '../measure/goals.js';
import { median } from '../measure/spread.js';
import type { Bench, Figure, Goal, Result, Scenario, ValueFigure } from '../scenario.js';
import type { ViewName } from '#dist/protocol/messages.js';

const COUNTS = [1_000, 10_000] as const;
type Count = (typeof COUNTS)[number];

const KINDS = ['subscribed to nothing', 'subscribed to one empty view'] as const;
type Kind = (typeof KINDS)[number];

const VIEWS: Readonly<Record<Kind, ViewName | null>> = {
  'subscribed to nothing': null,
  // Nothing is cooked, so nothing is on the board.
  'subscribed to one empty view': 'board',
};

const KB = 1_000;
const PROMISED_KB = 15;
/** What a start leaves to be freed is freed within this time, and so is what the handshakes leave. */
const SETTLE_MS = 500;
const QUICK_REPETITIONS_MAX = 2;

/** Bytes of one connection, by what the process grew from no connection at all. */
interface Each {
  readonly resident: number;
  readonly heap: number;
  readonly external: number;
}

type Run = ReadonlyMap<Count, Each & { readonly seconds: number }>;

/** After garbage collection. */
async function memoryOf(hub: HubProcess): Promise<MemorySample> {
  let last: MemorySample | undefined;
  for (let time = 0; time < 2; time += 1) {
    hub.startProbe();
    last = (await hub.stopProbe(true)).memory.at(-1);
    await pause(SETTLE_MS);
  }
  if (last === undefined) throw new Error('no sample of memory');
  return last;
}

async function run(bench: Bench, kind: Kind): Promise<Run> {
  const most = Math.max(...COUNTS);
  const hub = await HubProcess.start({
    directory: bench.directory(),
    flags: ['--connections-max', String(most), '--connections-per-ip', String(most)],
    nodeFlags: ['--expose-gc'],
    profileDirectory: bench.profileDirectory,
  });
  const generator = await Generator.start();
  try {
    const tokens = await signTokens(hub.directory, { role: 'kitchen', count: most });
    const { port } = hub;
    const before = await memoryOf(hub);
    const measured = new Map<Count, Each & { readonly seconds: number }>();
    let open = 0;
    for (const count of COUNTS) {
      const from = performance.now();
      const some = tokens.slice(open, count);
      await generator.call('idle.open', { port, tokens: some, view: VIEWS[kind] });
      const seconds = (performance.now() - from) / 1_000;
      open = count;
      const { rss, heapUsed, external } = await memoryOf(hub);
      measured.set(count, {
        resident: (rss - before.rss) / count,
        heap: (heapUsed - before.heapUsed) / count,
        external: (external - before.external) / count,
        seconds,
      });
    }
    const closed = await generator.call('idle.closed');
    if (closed > 0) throw new Error(`${String(closed)} idle connections were ended`);
    return measured;
  } finally {
    await generator.stop();
    await hub.stop();
  }
}

function figuresOf(kind: Kind, runs: readonly Run[]): Figure[] {
  const goal: Goal = atMost(PROMISED_KB, '15 KB', 'everywhere');
  return COUNTS.flatMap((count) => {
    const each = (name: string, unit: string, of: (run: Each & { seconds: number }) => number) => {
      const values = runs.map((measured) => {
        const found = measured.get(count);
        return found === undefined ? NaN : of(found);
      });
      const title = `${count.toLocaleString('en')} ${kind}: ${name}`;
      return { kind: 'value', name: title, unit, values } satisfies ValueFigure;
    };
    const resident = each('resident memory of each', 'KB', (of) => of.resident / KB);
    const promised = count === 10_000 && VIEWS[kind] === null;
    return [
      promised ? { ...resident, goal } : resident,
      each('of which JavaScript heap', 'KB', ({ heap }) => heap / KB),
      each('of which buffers', 'KB', ({ external }) => external / KB),
      each('connected within', 's', ({ seconds }) => seconds),
    ];
  });
}

export const connections: Scenario = {
  name: 'connections',
  says: 'Memory of the hub for each of 1,000 and of 10,000 idle connections.',
  async run(bench): Promise<Result> {
    const repetitions = bench.quick
      ? Math.min(bench.repetitions, QUICK_REPETITIONS_MAX)
      : bench.repetitions;
    const runs = new Map<Kind, Run[]>(KINDS.map((kind) => [kind, []]));
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const [at, kind] of KINDS.entries()) {
        bench.progress((repetition + at / KINDS.length) / repetitions, kind);
        runs.get(kind)?.push(await run(bench, kind));
      }
    }
    return {
      figures: KINDS.flatMap((kind) => figuresOf(kind, runs.get(kind) ?? [])),
      plots: [
        {
          kind: 'bar',
          title: 'Resident memory of each idle connection',
          y: 'KB',
          bars: KINDS.flatMap((kind) =>
            COUNTS.map((count) => ({
              name: `${count.toLocaleString('en')} ${kind}`,
              value: median(
                (runs.get(kind) ?? []).map((of) => (of.get(count)?.resident ?? NaN) / KB),
              ),
            })),
          ),
        },
      ],
      notes: [
        'Welcomed connections, each a device of its own; heartbeats go on. Growth of the hub process from before the first connection, after garbage collection; what the kernel holds for a socket is not part of it.',
        'Connections come from some addresses of 127.0.1.0/24, since one address has too few ports.',
      ],
    };
  },
};
