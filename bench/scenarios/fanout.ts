/** What it costs to tell a change to everybody: the hub's way against the floor and against what else is used. */
import { Bout, type BoutFigures } from '../fanout/bout.js';
import { SEVERAL, type Side, type TickLoad } from '../fanout/broadcaster.js';
import { Generator } from '../load/generator.js';
import { atLeast, atMost } from '../measure/goals.js';
import { interleave, type Measured } from '../measure/interleave.js';
import { median, ratios } from '../measure/spread.js';
import type { Bench, Figure, Goal, Plot, Result, Scenario, ValueFigure } from '../scenario.js';

const SIDES = [
  'the hub',
  'bare TCP',
  'ws.send of a shared buffer',
  'Socket.IO room',
  'JSON.stringify per client',
] as const satisfies readonly Side[];

const MERGED = 'the hub, one channel';
type Contender = Side | typeof MERGED;

/** Clients, and the milliseconds between two ticks of the measurement of CPU. */
const CROWDS = [
  { clients: 60, everyMs: 2 },
  { clients: 1_000, everyMs: 25 },
] as const;
type Crowd = (typeof CROWDS)[number];

const MILLION = 1_000_000;

interface Measurement {
  readonly cpuUs: number;
  /** As fast as the subscribers read. */
  readonly perSecond: number;
  readonly bytesPerMessage: number;
  /** The load generator's, while the server ticks steadily and as fast as it can; % of a core. */
  readonly generator: { readonly steady: number; readonly flatOut: number };
}

interface Cell {
  readonly crowd: Crowd;
  readonly several: boolean;
  readonly contenders: readonly Contender[];
  readonly measured: Measured<Contender, Measurement>;
}

function loadOf(contender: Contender, several: boolean): TickLoad {
  if (contender === MERGED) return 'several of one channel';
  return several ? 'several a tick' : 'one a tick';
}

/** Every side with its subscribers, all through one crowd. */
class Arena {
  readonly #bouts = new Map<Side, Bout>();
  readonly #generator: Generator;
  readonly #bench: Bench;
  readonly #crowd: Crowd;

  constructor(bench: Bench, crowd: Crowd, generator: Generator) {
    this.#bench = bench;
    this.#crowd = crowd;
    this.#generator = generator;
  }

  async open(): Promise<void> {
    const { profileDirectory } = this.#bench;
    const { clients } = this.#crowd;
    for (const side of SIDES) {
      const options = { side, clients, directory: this.#bench.directory(), profileDirectory };
      this.#bouts.set(side, await Bout.start(options, this.#generator));
    }
  }

  async warmUp(contender: Contender, several: boolean): Promise<void> {
    const load = loadOf(contender, several);
    await this.#bout(contender).measure({ load, ms: this.#bench.quick ? 150 : 500, everyMs: null });
  }

  async measure(contender: Contender, several: boolean): Promise<Measurement> {
    const { quick } = this.#bench;
    const load = loadOf(contender, several);
    const { everyMs } = this.#crowd;
    const steady = await this.#timed(contender, { load, ms: quick ? 350 : 1_500, everyMs });
    const flatOut = await this.#timed(contender, { load, ms: quick ? 200 : 1_000, everyMs: null });
    return {
      cpuUs: steady.figures.cpuUsPerDelivery,
      perSecond: flatOut.figures.deliveriesPerSecond,
      bytesPerMessage: steady.figures.bytesPerMessage,
      generator: { steady: steady.generator, flatOut: flatOut.generator },
    };
  }

  async stop(): Promise<void> {
    await Promise.all(Array.from(this.#bouts.values(), (bout) => bout.stop()));
  }

  async #timed(
    contender: Contender,
    phase: { readonly load: TickLoad; readonly ms: number; readonly everyMs: number | null },
  ): Promise<{ figures: BoutFigures; generator: number }> {
    const cpu = this.#generator.cpu();
    const from = performance.now();
    const figures = await this.#bout(contender).measure(phase);
    const generator = (100 * cpu.elapsed().totalMs) / (performance.now() - from);
    return { figures, generator };
  }

  #bout(contender: Contender): Bout {
    const bout = this.#bouts.get(contender === MERGED ? 'the hub' : contender);
    if (bout === undefined) throw new Error(`${contender} is not there`);
    return bout;
  }
}

async function measureCrowd(bench: Bench, crowd: Crowd, at: number): Promise<Cell[]> {
  const generator = await Generator.start();
  const arena = new Arena(bench, crowd, generator);
  const cells: Cell[] = [];
  const say = (several: boolean, repetition: number): void => {
    const done = (at + (Number(several) + repetition / bench.repetitions) / 2) / CROWDS.length;
    bench.progress(done, `${crowd.clients} clients, ${several ? SEVERAL : 1} a tick`);
  };
  try {
    say(false, 0);
    await arena.open();
    for (const several of [false, true]) {
      const contenders: readonly Contender[] = several ? [...SIDES, MERGED] : SIDES;
      for (const contender of contenders) await arena.warmUp(contender, several);
      const measured = await interleave(contenders, bench.repetitions, (contender, repetition) => {
        say(several, repetition);
        return arena.measure(contender, several);
      });
      cells.push({ crowd, several, contenders, measured });
    }
    return cells;
  } finally {
    await arena.stop();
    await generator.stop();
  }
}

function titleOf({ crowd, several }: Cell): string {
  return `${crowd.clients.toLocaleString('en')} clients, ${several ? `${SEVERAL} a tick` : 'one a tick'}`;
}

function valuesOf(cell: Cell, contender: Contender, of: (each: Measurement) => number): number[] {
  return cell.measured[contender].map(of);
}

/** What the design promises of the hub's CPU in this cell, by what it is held against. */
function ratioGoals({ several }: Cell): Partial<Record<Side, Goal>> {
  if (several) return { 'Socket.IO room': atMost(0.2, '0.2 ×', 'everywhere') };
  return {
    'bare TCP': { ...atMost(1.25, '1.25 ×', 'everywhere'), knownShort: 1.75 },
    'Socket.IO room': { ...atMost(0.6, '0.6 ×', 'everywhere'), knownShort: 1.25 },
  };
}

function ratioFigures(cell: Cell): ValueFigure[] {
  const goals = ratioGoals(cell);
  const cpuUs = ({ cpuUs: of }: Measurement): number => of;
  return SIDES.filter((side) => side !== 'the hub').map((side): ValueFigure => {
    const goal = goals[side];
    return {
      kind: 'value',
      name: `${titleOf(cell)}: CPU a delivery, the hub over ${side}`,
      unit: '×',
      values: ratios(valuesOf(cell, 'the hub', cpuUs), valuesOf(cell, side, cpuUs)),
      ...(goal !== undefined && { goal }),
    };
  });
}

function figuresOf(cell: Cell): Figure[] {
  const title = titleOf(cell);
  const millions = (contender: Contender): { goal?: Goal } =>
    cell.several && contender === 'the hub'
      ? { goal: atLeast(MILLION, '1,000,000 /s', 'on this machine') }
      : {};
  const value = (name: string, unit: string, values: readonly number[]): ValueFigure => {
    return { kind: 'value', name: `${title}: ${name}`, unit, values };
  };
  const cpu = cell.contenders.map((contender) =>
    value(
      `CPU a delivery, ${contender}`,
      'µs',
      valuesOf(cell, contender, ({ cpuUs }) => cpuUs),
    ),
  );
  const wall = cell.contenders.map((contender) => ({
    ...value(
      `deliveries a second, ${contender}`,
      '/s',
      valuesOf(cell, contender, ({ perSecond }) => perSecond),
    ),
    ...millions(contender),
  }));
  const perCpuSecond = {
    ...value(
      "deliveries a second of the hub's CPU",
      '/s',
      valuesOf(cell, 'the hub', ({ cpuUs }) => MILLION / cpuUs),
    ),
  };
  const share = (name: string, of: (each: Measurement) => number): ValueFigure =>
    value(`CPU of the load generator, ${name}`, '% of a core', valuesOf(cell, 'the hub', of));
  return [
    ...cpu,
    ...ratioFigures(cell),
    ...wall,
    perCpuSecond,
    share('at a steady tick', ({ generator }) => generator.steady),
    share('as fast as it reads', ({ generator }) => generator.flatOut),
  ];
}

function plotOf(cell: Cell): Plot {
  return {
    kind: 'bar',
    title: `Server CPU a delivery: ${titleOf(cell)}`,
    y: 'µs',
    bars: cell.contenders.map((contender) => ({
      name: contender,
      value: median(valuesOf(cell, contender, ({ cpuUs }) => cpuUs)),
    })),
  };
}

function bytesNote([cell]: readonly Cell[]): string {
  if (cell === undefined) return '';
  const bytes = SIDES.map((side) => {
    const each = median(valuesOf(cell, side, ({ bytesPerMessage }) => bytesPerMessage));
    return `${side} ${Math.round(each)}`;
  });
  return `Bytes of one message on the wire, frame included: ${bytes.join(', ')}.`;
}

const NOTES = [
  'Known short with one message a tick: on a machine where a system call is dear (a virtual one), the write into the kernel is most of a delivery on every side. Where bare TCP itself takes more than 0.6 × Socket.IO, no server can take less; with 60 clients what a tick costs once (memory, encoding, waking) falls on few. The check fails beyond 1.75 × bare TCP and 1.25 × Socket.IO.',
  "A delivery is one changed line told to one subscriber. With several a tick the hub's 16 commits fall on 16 channels, so that each subscriber gets 16 frames, as from the others; on one channel the hub tells 16 commits in one delta, which the others cannot.",
  'The hub is the real one on the memory store: its ticks begin where a commit ends, so deciding and storing are left out; encoding, queues and writes are in. Its pause between two deltas of a busy channel is off, so that every tick is told. CPU is that of the whole process, user and system, at a steady tick (every 2 ms for 60 clients, every 25 ms for 1,000; later where a side cannot keep up).',
  'Deliveries a second are counted at the subscribers until the last one has all, while the next tick follows as soon as the kernel has taken the last one; the load generator runs on the same cores. Every message is counted, and one subscriber of each side checks each message.',
  'Bare TCP: one write of ready frames per client and tick, no WebSocket library. ws: clients.forEach with send, as its README has it, perMessageDeflate off (its default). Socket.IO: one room, transports: websocket alone, perMessageDeflate off, serveClient off, its default parser and ws as engine; no native add-ons, which only help with what clients send. No side sends heartbeats meanwhile.',
];

export const fanout: Scenario = {
  name: 'fanout',
  says: 'What it costs the server to tell a change to everybody, and how many it can tell.',
  async run(bench): Promise<Result> {
    const cells: Cell[] = [];
    for (const [at, crowd] of CROWDS.entries()) {
      cells.push(...(await measureCrowd(bench, crowd, at)));
    }
    return {
      figures: cells.flatMap(figuresOf),
      plots: cells.map(plotOf),
      notes: [...NOTES, bytesNote(cells)],
    };
  },
};
