/** Bytes on the wire: of each kind of change, of snapshots and catch-ups, and of recorded days; against full JSON broadcasts. */
import { eventsIn, historyOf, type History } from '../bytes/history.js';
import { recordingOf, replayDay, type Recording } from '../bytes/replayed.js';
import { HubProcess } from '../hub/hub-process.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { KindGiven } from '../load/kinds.js';
import type { Recorded, Visit, Watched } from '../load/recorder.js';
import { atMost } from '../measure/goals.js';
import { median } from '../measure/spread.js';
import type { Bench, Figure, Plot, Result, Scenario, ValueFigure } from '../scenario.js';

const ENCODINGS = ['msgpack', 'json'] as const;
const ROW_CHANNELS = [
  { view: 'orders' },
  { view: 'kitchen' },
  { view: 'kitchen', station: 'grill' },
  { view: 'board' },
  { view: 'menu' },
] as const;
const ROWS_WATCHED: readonly Watched[] = ROW_CHANNELS.flatMap((channel) =>
  ENCODINGS.map((encoding) => ({ ...channel, encoding })),
);
const SHIFT_WATCHED: readonly Watched[] = [{ view: 'shift', encoding: 'msgpack' }];
const VISIT_EVERY = 60;
const BYTES_PER_KB = 1_000;

/** What is promised: at most 200 bytes to the kitchen. */
const PROMISED = ["a line's status alone, preparing", "a line's status alone, ready"];

interface KindSize {
  readonly kind: string;
  readonly watched: Watched;
  readonly bytes: number;
}

interface Replayed {
  readonly recorded: readonly Recorded[];
  readonly visits: readonly Visit[];
  readonly history: History;
}

/** A hub with recorders on it, while `use` runs. */
async function withRecorders<Value>(
  bench: Bench,
  visitEvery: number | null,
  use: (hub: HubProcess, recorders: Generator, token: string) => Promise<Value>,
): Promise<Value & { readonly directory: string }> {
  const { profileDirectory } = bench;
  const hub = await HubProcess.start({ directory: bench.directory(), profileDirectory });
  const recorders = await Generator.start();
  try {
    const { port, directory } = hub;
    const [token = ''] = await signTokens(directory, { role: 'manager', count: 1 });
    const watched = [...ROWS_WATCHED, ...SHIFT_WATCHED];
    await recorders.call('recorders.open', { port, token, watched, visitEvery });
    return { ...(await use(hub, recorders, token)), directory };
  } finally {
    await recorders.stop();
    await hub.stop();
  }
}

/** Each kind, as often as there are repetitions. */
async function measureKinds(bench: Bench): Promise<readonly KindSize[]> {
  const { given, recorded } = await withRecorders(bench, null, async (hub, recorders, token) => {
    const all: KindGiven[] = [];
    for (let time = 0; time < bench.repetitions; time += 1) {
      bench.progress((0.2 * time) / bench.repetitions, 'each kind alone');
      all.push(...(await recorders.call('kinds.give', { port: hub.port, token })));
    }
    // Deltas leave with the acknowledgement or in the turn after it.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return { given: all, ...(await recorders.call('recorders.report')) };
  });
  const kinds = new Map(given.map(({ kind, version }) => [version, kind]));
  return recorded.flatMap(({ watched, deltas }) =>
    deltas.flatMap(([, version, bytes]) => {
      const kind = kinds.get(version);
      return kind === undefined ? [] : [{ kind, watched, bytes }];
    }),
  );
}

const SETTLE_MS = 500;

async function replayRecording(bench: Bench, recording: Recording): Promise<Replayed> {
  const { days } = recording;
  const { directory, ...heard } = await withRecorders(
    bench,
    VISIT_EVERY,
    async (hub, recorders) => {
      for (const [index, day] of days.entries()) {
        bench.progress(0.2 + (0.8 * index) / days.length, `replay of ${day}`);
        await replayDay(hub, recording, day);
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      return recorders.call('recorders.report');
    },
  );
  return { ...heard, history: historyOf(eventsIn(directory), ROWS_WATCHED) };
}

/** Gives how many deltas were the same on the wire and in the history; throws where one of them differs in length. */
function compare({ recorded, history }: Replayed): { readonly alike: number; readonly of: number } {
  const keyOf = (watched: Watched, base: number, version: number): string =>
    `${nameOf(watched)} ${watched.encoding} ${String(base)} ${String(version)}`;
  const made = new Map(
    history.deltas.map(({ watched, baseVersion, newVersion, bytes }) => [
      keyOf(watched, baseVersion, newVersion),
      bytes,
    ]),
  );
  let alike = 0;
  let of = 0;
  for (const { watched, deltas } of recorded) {
    for (const [base, version, bytes] of watched.view === 'shift' ? [] : deltas) {
      of += 1;
      const expected = made.get(keyOf(watched, base, version));
      if (expected === undefined) continue;
      alike += 1;
      if (expected === bytes) continue;
      const name = keyOf(watched, base, version);
      throw new Error(`${name}: ${bytes} bytes on the wire, ${expected} by the history`);
    }
  }
  if (alike === 0) throw new Error('no delta of the replay was that of one command');
  return { alike, of };
}

function nameOf({ view, station }: Watched): string {
  return station === undefined ? view : `${view} of one station`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function kindFigures(sizes: readonly KindSize[]): Figure[] {
  const kinds = [...new Set(sizes.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const isPromised = PROMISED.includes(kind);
    return ROWS_WATCHED.flatMap((watched): Figure[] => {
      const { view, station, encoding } = watched;
      if (view === 'board' || station !== undefined) return [];
      if (encoding === 'json' && !isPromised) return [];
      const values = sizes
        .filter((size) => size.kind === kind && nameOf(size.watched) === nameOf(watched))
        .flatMap((size) => (size.watched.encoding === encoding ? [size.bytes] : []));
      if (values.length === 0) return [];
      const name = `${kind}, to ${view}${encoding === 'json' ? ' in JSON' : ''}`;
      const hasGoal = isPromised && view === 'kitchen' && encoding === 'msgpack';
      const goal = { goal: atMost(200, '200 bytes', 'everywhere') };
      return [{ kind: 'value', name, unit: 'bytes', values, ...(hasGoal && goal) }];
    });
  });
}

function visitFigures(visits: readonly Visit[]): Figure[] {
  const names = new Map<string, number[]>();
  for (const { view, behind, type, bytes } of visits) {
    const what =
      behind === null
        ? `a newcomer's snapshot of ${view}`
        : `a catch-up of ${view} after ${behind} commits${type === 'snapshot' ? ', a snapshot being shorter' : ''}`;
    names.set(what, [...(names.get(what) ?? []), bytes]);
  }
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => ({ kind: 'value', name, unit: 'bytes', values }));
}

function bytesOf({ deltas }: History, like: Watched): number {
  const { encoding } = like;
  const of = deltas.filter(
    ({ watched }) => nameOf(watched) === nameOf(like) && watched.encoding === encoding,
  );
  return sum(of.map(({ bytes }) => bytes));
}

function recordingFigures({ recorded, history }: Replayed): Figure[] {
  const broadcasts = sum(history.broadcasts);
  const value = (name: string, unit: string, number: number): ValueFigure => ({
    ...{ kind: 'value', name: `the recording: ${name}`, unit },
    values: [number],
  });
  const channels = ROWS_WATCHED.filter(({ encoding }) => encoding === 'msgpack');
  const wire = (watched: Watched): number =>
    sum(
      recorded
        .filter((each) => nameOf(each.watched) === nameOf(watched))
        .filter((each) => each.watched.encoding === watched.encoding)
        .flatMap(({ bytes }) => Object.values(bytes)),
    );
  return [
    value('full JSON broadcasts to a client', 'kB', broadcasts / BYTES_PER_KB),
    value('a full JSON broadcast, mean', 'bytes', broadcasts / history.broadcasts.length),
    ...channels.map((watched) =>
      value(`${nameOf(watched)} to a client`, 'kB', bytesOf(history, watched) / BYTES_PER_KB),
    ),
    ...[...channels, ...SHIFT_WATCHED].map((watched) =>
      value(
        `all that ${nameOf(watched)} sent at full speed, snapshots and heartbeats too`,
        'kB',
        wire(watched) / BYTES_PER_KB,
      ),
    ),
    ...channels
      .filter(({ view }) => view === 'orders' || view === 'kitchen')
      .map((watched) =>
        value(
          `${nameOf(watched)} over full JSON broadcasts`,
          '×',
          bytesOf(history, watched) / broadcasts,
        ),
      ),
    value(
      'orders in msgpack over JSON',
      '×',
      bytesOf(history, { view: 'orders', encoding: 'msgpack' }) /
        bytesOf(history, { view: 'orders', encoding: 'json' }),
    ),
    ...commandFigures(history),
  ];
}

function commandFigures({ deltas }: History): Figure[] {
  const sizes = new Map<string, number[]>();
  for (const { command, watched, bytes } of deltas) {
    if (watched.encoding !== 'msgpack' || watched.station !== undefined) continue;
    if (watched.view !== 'orders' && watched.view !== 'kitchen') continue;
    const name = `the recording: ${command}, to ${watched.view}, mean of all`;
    sizes.set(name, [...(sizes.get(name) ?? []), bytes]);
  }
  return [...sizes].map(([name, of]) => ({
    ...{ kind: 'value', name, unit: 'bytes' },
    values: [sum(of) / of.length],
  }));
}

function plotOf(sizes: readonly KindSize[], { history }: Replayed): Plot {
  const kinds = ['an order of three lines', 'four lines sent', ...PROMISED, 'a payment'];
  const bars = kinds.map((kind) => {
    const of = sizes.filter(
      ({ kind: each, watched }) =>
        each === kind && watched.view === 'orders' && watched.encoding === 'msgpack',
    );
    return { name: kind, value: median(of.map(({ bytes }) => bytes)) };
  });
  const mean = sum(history.broadcasts) / history.broadcasts.length;
  return {
    kind: 'bar',
    title: 'On the wire, to whoever shows all orders',
    y: 'bytes',
    logY: true,
    bars: [...bars, { name: 'full JSON broadcast (mean)', value: mean }],
  };
}

function notesOf(recording: Recording, replayed: Replayed): string[] {
  const { alike, of } = compare(replayed);
  const { days, isSample } = recording;
  const { broadcasts } = replayed.history;
  return [
    `The recording: ${isSample ? 'the made-up sample day (--orders and --menu name another)' : 'the files given'}, ${days.length} ${days.length === 1 ? 'day' : 'days'}, a shift each, ${broadcasts.length.toLocaleString('en')} changes of orders, played by expeditor replay and reconciled by it.`,
    'Bytes are whole WebSocket frames, header and all, as a raw socket receives them; msgpack where JSON is not named. Without TCP and IP.',
    `A replay at full speed puts several commands into one tick and so into one delta. What the recording would send a client in life, each command alone, is made from the hub's stored events by its own views and codec; of the ${of.toLocaleString('en')} deltas on the wire ${alike.toLocaleString('en')} were those of one command, each the same to the byte.`,
    'Full JSON broadcast: JSON.stringify of all orders that are neither closed nor voided, with what the view orders shows of them, in one text frame at each change of an order. Its size goes with how many orders are open, which the sample day keeps low.',
    'Visits: while the recording plays, a newcomer and three who come back from 1, 10 and 100 commits ago, every 60 deltas; medians with their spread. The promise for a reconnect after 1 % changed is measured by the scenario reconnect.',
  ];
}

export const bytes: Scenario = {
  name: 'bytes',
  says: 'What each kind of change, a snapshot, a catch-up and a recorded day weigh on the wire.',
  async run(bench): Promise<Result> {
    const recording = recordingOf(bench);
    const sizes = await measureKinds(bench);
    const replayed = await replayRecording(bench, recording);
    return {
      figures: [
        ...kindFigures(sizes),
        ...visitFigures(replayed.visits),
        ...recordingFigures(replayed),
      ],
      plots: [plotOf(sizes, replayed)],
      notes: notesOf(recording, replayed),
    };
  },
};
