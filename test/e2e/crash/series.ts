/**
 * Kills a replay with its hub inside again and again at random moments; after each kill the database is checked, and the next
 * replay goes on where it was cut. When a replay comes to its end before its kill, the next one begins on a new directory.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN, runCommand } from '../../support/hub-process.js';
import { checkDatabase } from './checker.js';
import { distinctKeys, readJournal } from './journal.js';
import { seededRandom } from './random.js';

export interface SeriesOptions {
  readonly orders: string;
  readonly menu: string;
  readonly kills: number;
  readonly seed: number;
  /** Empty; whoever made it removes it. */
  readonly directory: string;
  readonly tell: (line: string) => void;
}

export interface SeriesReport {
  readonly kills: number;
  /** Replays that came to their end, all of them right. */
  readonly finished: number;
  readonly acknowledged: number;
  /** Commits that a kill left on the disk while their acknowledgement was still under way. */
  readonly cutAnswers: number;
  readonly findings: readonly string[];
}

/** Acknowledged commands for each line of the orders file, roughly: it spreads the kills over the whole replay. */
const COMMANDS_A_LINE = 2.6;
/** One kill in so many comes while the hub starts, whatever it has acknowledged. */
const START_KILLS = 5;
const START_MS = 1_000;
/** A kill comes up to so long after the acknowledgement that it waits for: in the middle of a group, not at its end. */
const LATE_MS = 12;
const POLL_MS = 2;

/** When a replay is killed: after so many milliseconds, or with so many new keys and a little later. */
type Moment =
  | { readonly kind: 'starting'; readonly afterMs: number }
  | { readonly kind: 'playing'; readonly newKeys: number; readonly lateMs: number };

class Round {
  readonly data: string;
  readonly journal: string;

  constructor(directory: string, number: number) {
    this.data = join(directory, `data-${number}`);
    this.journal = join(directory, `journal-${number}`);
  }

  get database(): string {
    return join(this.data, 'expeditor.db');
  }

  flags({ orders, menu }: SeriesOptions): string[] {
    const files = ['--orders', orders, '--menu', menu];
    const places = ['--data', this.data, '--journal', this.journal];
    return ['replay', ...files, '--speed', 'max', ...places];
  }
}

function momentsOf({ kills, seed, orders }: SeriesOptions): () => Moment {
  const random = seededRandom(seed);
  const lines = readFileSync(orders, 'utf8').trimEnd().split('\n').length - 1;
  const newKeysMax = (2 * COMMANDS_A_LINE * lines) / (kills + 1);
  return () => {
    const starting = random() < 1 / START_KILLS;
    const [first, second] = [random(), random()];
    return starting
      ? { kind: 'starting', afterMs: Math.round(first * START_MS) }
      : {
          kind: 'playing',
          newKeys: 1 + Math.floor(first * newKeysMax),
          lateMs: second * LATE_MS,
        };
  };
}

/** Resolves with whether it was killed; false: it had come to its end before. */
function killAt(moment: Moment, round: Round, flags: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  let timer: NodeJS.Timeout;
  if (moment.kind === 'starting') {
    timer = setTimeout(kill, moment.afterMs);
  } else {
    const target = distinctKeys(readJournal(round.journal)) + moment.newKeys;
    timer = setInterval(() => {
      if (distinctKeys(readJournal(round.journal)) < target) return;
      clearInterval(timer);
      timer = setTimeout(kill, moment.lateMs);
    }, POLL_MS);
  }
  return new Promise((resolve) => {
    child.once('exit', (_code, signal) => {
      clearInterval(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** To its end, which must be right; then `verify`. In words what is wrong. */
function finish(round: Round, options: SeriesOptions): string[] {
  const { code, output } = runCommand(round.flags(options));
  const right = ['All of it is right.', 'lost: 0', 'doubled: 0'].every((text) =>
    output.includes(text),
  );
  const figures = output
    .split('\n')
    .filter((line) => /^ {2}(orders|lines|units|pounds) /.test(line));
  options.tell(
    `  came to its end: ${figures.map((line) => line.trim().replace(/ +/g, ' ')).join('; ')}`,
  );
  return code === 0 && right ? [] : [`the resumed replay ended with ${code}: ${output}`];
}

function verified(round: Round): string[] {
  const { code, output } = runCommand(['verify', '--data', round.data]);
  return code === 0 ? [] : [`verify ended with ${code}: ${output}`];
}

export async function crashSeries(options: SeriesOptions): Promise<SeriesReport> {
  const { kills, seed, directory, tell } = options;
  const nextMoment = momentsOf(options);
  const findings: string[] = [];
  const counts = { kills: 0, finished: 0, acknowledged: 0, cutAnswers: 0 };
  let unanswered = 0;
  let round = new Round(directory, 0);
  const check = (): void => {
    const acknowledged = readJournal(round.journal);
    const { findings: found, events, keys } = checkDatabase(round.database, 'main', acknowledged);
    findings.push(...found, ...(events === 0 ? [] : verified(round)));
    const distinct = distinctKeys(acknowledged);
    counts.cutAnswers += Math.max(0, keys - distinct - unanswered);
    unanswered = keys - distinct;
    tell(`  ${distinct} keys acknowledged, ${keys} in the database, ${findings.length} findings`);
  };
  const conclude = (): void => {
    findings.push(...finish(round, options));
    counts.finished += 1;
    check();
    counts.acknowledged += distinctKeys(readJournal(round.journal));
    round = new Round(directory, counts.finished);
    unanswered = 0;
  };
  tell(`SEED=${seed}: ${kills} kills`);
  while (counts.kills < kills) {
    const moment = nextMoment();
    tell(`kill ${counts.kills + 1}: ${JSON.stringify(moment)}`);
    if (await killAt(moment, round, round.flags(options))) {
      counts.kills += 1;
      check();
    } else {
      conclude();
    }
  }
  if (existsSync(round.data)) conclude();
  return { ...counts, findings };
}
