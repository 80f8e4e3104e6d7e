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
  { view: 'kitchen', station: 'cold' },
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
  /** The same delta's, when the branch has a million commits behind it. */
  readonly lateBytes: number;
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
    deltas.flatMap(([base, version, bytes]) => {
      const kind = kinds.get(version);
      const lateBytes = bytes + growth(base) + growth(version);
      return kind === undefined ? [] : [{ kind, watched, bytes, lateBytes }];
    }),
  );
}

/** Bytes that MessagePack adds to a version when it is a million: five then, one to five now. */
function growth(version: number): number {
  if (version < 0x80) return 4;
  if (version < 0x100) return 3;
  return version < 0x10000 ? 2 : 0;
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

function nameOf({ view, station }: Pick<Watched, 'view' | 'station'>): string {
  return station === undefined ? view : `${view} of one station`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function kindFigures(sizes: readonly KindSize[]): Figure[] {
  const kinds = [...new Set(sizes.map(({ kind }) => kind))];
  return kinds.flatMap((kind) =>
    ROWS_WATCHED.filter((watched) => isTold(kind, watched)).flatMap((watched): Figure[] => {
      const of = sizes.filter(
        ({ kind: each, watched: { encoding, ...channel } }) =>
          each === kind && encoding === watched.encoding && nameOf(channel) === nameOf(watched),
      );
      if (of.length === 0) return [];
      const name = `${kind}, to ${nameOf(watched)}${watched.encoding === 'json' ? ' in JSON' : ''}`;
      const now = { kind: 'value', name, unit: 'bytes', values: of.map((size) => size.bytes) };
      if (!PROMISED.includes(kind) || watched.encoding === 'json') {
        return [{ ...now, kind: 'value' }];
      }
      const hasGoal = watched.view === 'kitchen' && watched.station === undefined;
      const goal = hasGoal && { goal: atMost(200, '200 bytes', 'everywhere') };
      const late = { name: `${name}, after a million commits`, unit: 'bytes' };
      return [
        { ...now, kind: 'value', ...goal },
        { kind: 'value', ...late, values: of.map((size) => size.lateBytes), ...goal },
      ];
    }),
  );
}

/** Of most kinds the table tells no more than the bytes in msgpack to all orders, the whole kitchen and the menu. */
function isTold(kind: string, { view, station, encoding }: Watched): boolean {
  if (view === 'board') return false;
  return PROMISED.includes(kind) || (station === undefined && encoding === 'msgpack');
}

function visitFigures(visits: readonly Visit[]): Figure[] {
  const names = new Map<string, number[]>();
  for (const { view, behind, missed, type, bytes } of visits) {
    // At full speed many a commit may come between the asking and the answer.
    if (behind !== null && missed > 2 * behind) continue;
    const asSnapshot = type === 'snapshot' ? ', given as a snapshot' : '';
    const what =
      behind === null
        ? `a newcomer's snapshot of ${view}`
        : `a catch-up of ${view} after about ${behind} commits${asSnapshot}`;
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
    "A delta names two versions of its branch, which grow with its commits; a kitchen of one station is named with its station. So the promise is held against the kitchen's channel of a young branch and of one with a million commits.",
    'Full JSON broadcast: JSON.stringify of all orders that are neither closed nor voided, with what the view orders shows of them, in one text frame at each change of an order. Its size goes with how many orders are open, which the sample day keeps low.',
    'Visits: while the recording plays, a newcomer and two who come back from 10 and 100 commits ago, every 60 deltas; medians with their spread. A catch-up holds whole rows, so where most of a view has changed, or a day has begun since, a snapshot is given. The promise for a reconnect after 1 % changed is measured by the scenario reconnect.',
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
