/** Runs a scenario on a real hub under strace, and gives what it did to its files beside what it answered. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, HubProcess } from '../../support/hub-process.js';
import { traceEnded } from '../../support/syscalls.js';
import { Disk } from '../images/disk.js';
import { killImage } from '../images/image.js';
import { CommandBook, type RecordedAnswer, type RecordedCommand } from './command-book.js';
import { readSteps, type Step } from './steps.js';
import { recorderCommand } from './trace.js';
import { readTree, type Tree } from './tree.js';

export interface Recording {
  readonly name: string;
  readonly initial: Tree;
  /** Keys that were acknowledged before the first step, with their versions. */
  readonly before: ReadonlyMap<string, number>;
  readonly steps: readonly Step[];
  readonly commands: readonly RecordedCommand[];
  /** By key; whoever has none was not answered. */
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
  readonly shown: ReadonlyMap<string, unknown>;
}

export interface Scenario {
  readonly name: string;
  readonly flags?: readonly string[];
  /** More of strace's arguments: faults that it injects. */
  readonly inject?: readonly string[];
  /** The program that is recorded; default: the hub itself. */
  readonly program?: string;
  /** What was there before; nothing of it is recorded, and all of it is on the disk. */
  readonly prepare?: (directory: string, book: CommandBook) => Promise<void>;
  /** `hub` is recorded from its start to its orderly end, which follows. */
  readonly run: (hub: HubProcess, book: CommandBook) => Promise<void>;
}

/** The data directory inside the recorded root: its own name is part of what a power loss may take. */
export const DATA = 'data';

export async function record(scenario: Scenario): Promise<Recording> {
  const root = mkdtempSync(join(tmpdir(), 'faults-'));
  const traceFile = `${root}.trace`;
  const book = new CommandBook();
  try {
    await scenario.prepare?.(join(root, DATA), book);
    const before = new Map([...book.answers].map(([key, { version }]) => [key, version]));
    const initial = readTree(root);
    const hub = await HubProcess.start({
      directory: join(root, DATA),
      port: await freePort(),
      flags: ['--demo', ...(scenario.flags ?? [])],
      // What goes through io_uring would not be seen.
      under: ['env', 'UV_USE_IO_URING=0', ...recorderCommand(traceFile, scenario.inject)],
      ...(scenario.program === undefined ? {} : { program: scenario.program }),
    });
    try {
      await scenario.run(hub, book);
    } finally {
      await hub.stop();
    }
    await traceEnded(traceFile, hub.pid);
    const steps = await readTrace(traceFile, root, initial);
    expectSame(root, { initial, steps });
    const { commands, answers, shown } = book;
    return { name: scenario.name, initial, before, steps, commands, answers, shown };
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(traceFile, { force: true });
  }
}

export async function readTrace(
  traceFile: string,
  root: string,
  initial: Tree,
): Promise<readonly Step[]> {
  const lines: string[] = [];
  const input = createReadStream(traceFile, 'latin1');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) lines.push(line);
  return readSteps(lines, root, initial);
}

/** Throws where what is there now is not what the steps make of what was there before: some call was not seen. */
export function expectSame(root: string, { initial, steps }: Pick<Recording, 'initial' | 'steps'>) {
  const disk = new Disk(initial);
  for (const step of steps) disk.take(step);
  const built = killImage(disk);
  const found = readTree(root);
  for (const path of new Set([...built.files.keys(), ...found.files.keys()])) {
    const [made, real] = [built.files.get(path), found.files.get(path)];
    if (made === undefined || real === undefined || !made.equals(real)) {
      const [length, wanted] = [made?.length ?? 'no', real?.length ?? 'no'];
      throw new Error(`${path}: the steps make ${length} bytes, there are ${wanted}, or others`);
    }
  }
}
