/** Recorded orders, played through a running hub by `expeditor replay`, a shift for each calendar day. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HubProcess } from '../hub/hub-process.js';
import type { Bench } from '../scenario.js';

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const SAMPLE = new URL('../../data/demo/', import.meta.url);
/** A day takes seconds; one that takes so long hangs. */
const DAY_WAIT_MS = 120_000;

export interface Recording {
  readonly orders: string;
  readonly menu: string;
  readonly isSample: boolean;
  /** `dd/mm/yyyy`, oldest first. */
  readonly days: readonly string[];
}

export function recordingOf({ recorded }: Bench): Recording {
  const isSample = recorded === null;
  const sample = (name: string): string => fileURLToPath(new URL(name, SAMPLE));
  const { orders, menu } = recorded ?? {
    orders: sample('sample-orders.csv'),
    menu: sample('sample-menu.csv'),
  };
  return { orders, menu, isSample, days: daysOf(readFileSync(orders, 'utf8')) };
}

/** Of `OrderDate`, the second column, `dd/mm/yyyy HH:MM`. */
export function daysOf(csv: string): readonly string[] {
  const found = new Set<string>();
  for (const [, day = ''] of csv.matchAll(/^[^,\n]*,(\d{2}\/\d{2}\/\d{4}) /gm)) found.add(day);
  const sortable = (day: string): string => day.split('/').reverse().join('');
  return [...found].sort((a, b) => (sortable(a) < sortable(b) ? -1 : 1));
}

/** Resolves when the hub holds exactly what the file says of the day; rejects where it does not. */
export async function replayDay(
  hub: HubProcess,
  { orders, menu }: Recording,
  day: string,
): Promise<void> {
  const files = ['--orders', orders, '--menu', menu, '--date', day];
  const where = ['--url', hub.url, '--data', hub.directory];
  const child = spawn(process.execPath, [MAIN, 'replay', ...files, ...where], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const hanging = setTimeout(() => child.kill('SIGKILL'), DAY_WAIT_MS);
  await once(child, 'close');
  clearTimeout(hanging);
  if (child.exitCode !== 0) throw new Error(`the replay of ${day} failed:\n${output}`);
}
