/** How long a hub with a past is away after it was killed while it wrote. */
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeHistory } from '../hub/history.js';
import { HubProcess, pause } from '../hub/hub-process.js';
import type { StartMark } from '../hub/start-marks.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import { expectAck, newId, Till } from '../load/till.js';
import { atMost } from '../measure/goals.js';
import { median } from '../measure/spread.js';
import type { Bench, Figure, Result, Scenario } from '../scenario.js';

const EVENTS = 100_000;
const HOT_ORDERS = 1_000;
/** What is written when the hub is killed: small updates of these orders, this many commands at a time. */
const ORDERS_PREPARED = 40;
const OUTSTANDING = 64;
const TILLS = 8;
const WRITE_MS = 1_500;
const WRITE_SECONDS_MAX = 30;
const BYTES_PER_MB = 1_000_000;

const DATABASE = 'expeditor.db';
const START_MARKS = new URL('../hub/start-marks.js', import.meta.url).href;

/** The parts of a start, in order, each up to a line that the hub prints. */
const PARTS = [
  { name: 'Node is up', until: 'mark: Node is up' satisfies StartMark['msg'] },
  { name: 'the program is loaded', until: 'settings' },
  { name: 'the store is open and recovered', until: 'the store is open' },
  {
    name: 'hot rows are read, the hub is made',
    until: 'mark: the hub is made' satisfies StartMark['msg'],
  },
  { name: 'it listens', until: 'Expeditor ' },
] as const;

interface Restart {
  readonly readyMs: number;
  /** One for each of PARTS. */
  readonly partsMs: readonly number[];
  readonly walBytes: number;
  readonly databaseBytes: number;
}

/** Has the hub written to until it is killed; gives the newest version that a till was told of. */
async function writeAndCrash(directory: string): Promise<number> {
  const hub = await HubProcess.start({ directory });
  const tills = await Generator.start();
  try {
    const tokens = await signTokens(directory, { role: 'manager', count: TILLS });
    const work = 'small updates';
    const options = { port: hub.port, tokens, ordersPrepared: ORDERS_PREPARED };
    await tills.call('tills.open', { ...options, work: [work] });
    const load = { work, outstanding: OUTSTANDING, warmUpSeconds: 0 } as const;
    const working = tills.call('tills.closedLoop', { ...load, seconds: WRITE_SECONDS_MAX });
    // It never ends by itself: the hub goes before.
    working.catch(() => {});
    await pause(WRITE_MS);
    await hub.crash();
    return await tills.call('tills.newestVersion');
  } finally {
    await tills.stop();
    await hub.crash();
  }
}

function partsOf(output: string, spawnedAt: number): number[] {
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly msg: string; readonly time: string });
  let before = spawnedAt;
  return PARTS.map(({ until }) => {
    const line = lines.find(({ msg }) => msg.startsWith(until));
    if (line === undefined) throw new Error(`the hub did not print "${until}"`);
    const at = Date.parse(line.time);
    const took = at - before;
    before = at;
    return took;
  });
}

/** Whatever was acknowledged must be there: the next commit's version is above it. */
async function expectNothingLost(hub: HubProcess, acknowledged: number): Promise<void> {
  const [token = ''] = await signTokens(hub.directory, { role: 'manager', count: 1 });
  const till = await Till.open(hub.port, token);
  try {
    const payload = { order_id: newId(), order_type: 'takeaway' };
    const command = { name: 'order.open', payload };
    const { version = 0 } = expectAck(command, await till.give(command));
    if (version <= acknowledged) {
      throw new Error(`version ${version} after ${acknowledged} was acknowledged`);
    }
  } finally {
    till.close();
  }
}

async function killAndRestart(bench: Bench, past: string): Promise<Restart> {
  const directory = join(bench.directory(), 'data');
  cpSync(past, directory, { recursive: true });
  const acknowledged = await writeAndCrash(directory);
  const bytesOf = (name: string): number => statSync(join(directory, name)).size;
  const sizes = { walBytes: bytesOf(`${DATABASE}-wal`), databaseBytes: bytesOf(DATABASE) };
  const { profileDirectory } = bench;
  const spawnedAt = Date.now();
  const hub = await HubProcess.start({
    directory,
    profileDirectory,
    flags: ['--log-level', 'info'],
    nodeFlags: ['--import', START_MARKS],
  });
  try {
    const partsMs = partsOf(hub.output, spawnedAt);
    await expectNothingLost(hub, acknowledged);
    return { ...sizes, partsMs, readyMs: hub.readyAfterMs };
  } finally {
    await hub.stop();
  }
}

function figuresOf(restarts: readonly Restart[]): Figure[] {
  const figure = (name: string, unit: string, of: (restart: Restart) => number): Figure => ({
    kind: 'value',
    name,
    unit,
    values: restarts.map(of),
  });
  return [
    {
      kind: 'value',
      name: 'ready after a kill',
      unit: 'ms',
      values: restarts.map(({ readyMs }) => readyMs),
      goal: atMost(2_000, '2 s', 'on this machine'),
    },
    ...PARTS.map(({ name }, index) =>
      figure(`of that, until ${name}`, 'ms', ({ partsMs }) => partsMs[index] ?? NaN),
    ),
    figure('log to recover', 'MB', ({ walBytes }) => walBytes / BYTES_PER_MB),
    figure('database', 'MB', ({ databaseBytes }) => databaseBytes / BYTES_PER_MB),
  ];
}

export const restart: Scenario = {
  name: 'restart',
  says: `A hub with ${EVENTS.toLocaleString('en')} events on disk is killed while it writes: time until it is ready again.`,
  async run(bench): Promise<Result> {
    const past = bench.directory();
    const events = await makeHistory({
      directory: past,
      events: EVENTS,
      hotOrders: HOT_ORDERS,
      progress: (done) => {
        bench.progress(done / 2, 'making the past');
      },
    });
    const restarts: Restart[] = [];
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.progress(0.5 + repetition / bench.repetitions / 2, `kill ${repetition + 1}`);
      restarts.push(await killAndRestart(bench, past));
    }
    return {
      figures: figuresOf(restarts),
      plots: [
        {
          kind: 'bar',
          title: 'Parts of a start (median)',
          y: 'ms',
          bars: PARTS.map(({ name }, index) => ({
            name,
            value: median(restarts.map(({ partsMs }) => partsMs[index] ?? NaN)),
          })),
        },
      ],
      notes: [
        `${events.toLocaleString('en')} events of 20 closed shifts and an open one with ${HOT_ORDERS.toLocaleString('en')} orders in the kitchen; each repetition begins with a copy of that. ${OUTSTANDING} commands are outstanding at the kill -9, ${WRITE_MS / 1_000} s after the first. Afterwards no acknowledged version is missing.`,
        'The files are in the page cache, as after the end of a process; after a power cut they are read from the disk.',
        '/readyz is asked every 5 ms, from the spawning of the process on.',
      ],
    };
  },
};
