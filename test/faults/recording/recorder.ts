/** Runs a scenario on a real hub under strace, and gives what it did to its files beside what it answered. */
import { spawn } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, HubProcess, MAIN } from '../../support/hub-process.js';
import { traceEnded } from '../../support/syscalls.js';
import { Disk } from '../images/disk.js';
import { killImage } from '../images/image.js';
import { CommandBook, type RecordedAnswer, type RecordedCommand } from './command-book.js';
import type { Step } from './step.js';
import { readSteps } from './steps.js';
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

interface Prepared {
  readonly name: string;
  /** What was there before; nothing of it is recorded, and all of it is on the disk. `DATA` in the root is the data directory. */
  readonly prepare?: (directory: string, book: CommandBook, root: string) => Promise<void>;
}

/** A hub is recorded from its start to its orderly end. */
export interface HubScenario extends Prepared {
  readonly flags?: readonly string[];
  /** More of strace's arguments: faults that it injects. */
  readonly inject?: readonly string[];
  /** The program that is recorded; default: the hub itself. */
  readonly program?: string;
  /** A command of the command line that is recorded with the hub. */
  readonly beside?: (root: string) => readonly string[];
  /** `beside` begins the command and resolves when it is done. */
  readonly run: (hub: HubProcess, book: CommandBook, beside: () => Promise<void>) => Promise<void>;
}

/** A command of the command line is recorded, on a directory that no hub runs on. */
export interface CommandScenario extends Prepared {
  readonly command: (root: string) => readonly string[];
}

export type Scenario = HubScenario | CommandScenario;

/** The data directory inside the recorded root: its own name is part of what a power loss may take. */
export const DATA = 'data';
// What goes through io_uring would not be seen.
const SEEN = ['env', 'UV_USE_IO_URING=0'];

interface Recorded {
  readonly root: string;
  readonly traceFile: string;
  readonly book: CommandBook;
}

export async function record(scenario: Scenario): Promise<Recording> {
  const root = mkdtempSync(join(tmpdir(), 'faults-'));
  const traceFile = `${root}.trace`;
  const book = new CommandBook();
  try {
    await scenario.prepare?.(join(root, DATA), book, root);
    const before = new Map([...book.answers].map(([key, { version }]) => [key, version]));
    const initial = readTree(root);
    const recorded = { root, traceFile, book };
    const pid =
      'command' in scenario
        ? await runCommandUnder(scenario, recorded)
        : await runHubUnder(scenario, recorded);
    await traceEnded(traceFile, pid);
    const steps = await readTrace(traceFile, root, initial);
    expectSame(root, { initial, steps });
    const { commands, answers, shown } = book;
    return { name: scenario.name, initial, before, steps, commands, answers, shown };
  } finally {
    rmSync(root, { recursive: true, force: true });
    for (const path of [traceFile, goPath(root), donePath(root)]) rmSync(path, { force: true });
  }
}

async function runHubUnder(scenario: HubScenario, recorded: Recorded): Promise<number> {
  const { root, traceFile, book } = recorded;
  const { flags = [], inject, program, beside } = scenario;
  const hub = await HubProcess.start({
    directory: join(root, DATA),
    port: await freePort(),
    flags: ['--demo', ...flags],
    under: [
      ...SEEN,
      ...recorderCommand(traceFile, inject),
      ...(beside === undefined ? [] : besideHub(root, beside(root))),
    ],
    ...(program === undefined ? {} : { program }),
  });
  try {
    await scenario.run(hub, book, () => doneBeside(root));
  } finally {
    await hub.stop();
  }
  return hub.pid;
}

/** Resolves when the command has ended well. */
function runCommandUnder(
  scenario: CommandScenario,
  { root, traceFile }: Recorded,
): Promise<number> {
  const [command = '', ...args] = [
    ...[...SEEN, ...recorderCommand(traceFile)],
    ...[process.execPath, MAIN, ...scenario.command(root)],
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(child.pid ?? 0);
      else reject(new Error(`${scenario.name} ended with ${code ?? 'a signal'}: ${output}`));
    });
  });
}

const goPath = (root: string): string => `${root}.go`;
const donePath = (root: string): string => `${root}.done`;
const POLL_MS = 25;

/** A shell that waits to begin the command, and is the hub itself from then on: one trace has the calls of both in their order. */
function besideHub(root: string, command: readonly string[]): readonly string[] {
  const script = `( until [ -e "$0" ]; do sleep 0.05; done
    "$1" "$2" ${command.map((part) => `'${part}'`).join(' ')}
    echo $? > '${donePath(root)}' ) &
    exec "$@"`;
  return ['sh', '-c', script, goPath(root)];
}

async function doneBeside(root: string): Promise<void> {
  writeFileSync(goPath(root), '');
  let code = '';
  while (code === '') {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (existsSync(donePath(root))) code = readFileSync(donePath(root), 'utf8').trim();
  }
  if (code !== '0') throw new Error(`the command beside the hub ended with ${code}`);
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
