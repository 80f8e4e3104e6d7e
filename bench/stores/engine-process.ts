/** One engine in a process of its own, for one thing that is asked of it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DaySize, EngineReport, Order, Place, Told } from './child.js';

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
/** A run takes seconds; whoever takes so long hangs. */
const ANSWER_WAIT_MS = 120_000;

export function measureEngine(
  place: Place,
  how: DaySize & { readonly seconds: number; readonly warmUpSeconds: number },
): Promise<EngineReport> {
  return asked({ type: 'measure', ...place, ...how }, (told, done) => {
    if (told.type === 'measured') done(told.report);
  });
}

/** What SIGKILL left of what was acknowledged before it. */
export interface Loss {
  readonly acknowledged: number;
  readonly lost: number;
}

/** The engine writes as fast as it can, and is killed `writingMs` after its first acknowledgement. */
export async function killEngine(place: Place, size: DaySize, writingMs: number): Promise<Loss> {
  const keys = await acknowledgedUntilKilled({ type: 'write', ...place, ...size }, writingMs);
  const lost = await asked<number>({ type: 'missing', ...place, keys }, (told, done) => {
    if (told.type === 'missing') done(told.count);
  });
  return { acknowledged: keys.length, lost };
}

/** Every key that this process was told of, those among them that were still in the pipe. */
async function acknowledgedUntilKilled(order: Order, writingMs: number): Promise<string[]> {
  const keys: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  await converse(order, (told, child) => {
    if (told.type !== 'acknowledged') return;
    keys.push(told.key);
    timer ??= setTimeout(() => child.kill('SIGKILL'), writingMs);
  });
  if (keys.length === 0) throw new Error('the engine acknowledged nothing');
  return keys;
}

async function asked<Value>(
  order: Order,
  hear: (told: Told, done: (value: Value) => void) => void,
): Promise<Value> {
  const values: Value[] = [];
  await converse(order, (told) => {
    hear(told, (value) => values.push(value));
  });
  const [value] = values;
  if (value === undefined) throw new Error("the engine's process ended without an answer");
  return value;
}

/** Resolves when the process has ended and all that it said was heard. */
async function converse(
  order: Order,
  hear: (told: Told, child: ChildProcess) => void,
): Promise<void> {
  const child = fork(CHILD, { execArgv: ['--expose-gc'] });
  const failures: string[] = [];
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  child.on('message', (told: Told) => {
    if (told.type === 'failed') failures.push(told.error);
    else hear(told, child);
  });
  child.send(order);
  const hanging = setTimeout(() => child.kill('SIGKILL'), ANSWER_WAIT_MS);
  await ended;
  clearTimeout(hanging);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
