/**
 * `expeditor replay`: plays recorded orders through a hub, as tills and kitchen screens would, and reconciles; with `--until` it
 * plays a hub's own events instead, up to a moment, into a database of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../operator-error.js';
import { forOperator } from './hub-door.js';
import type { FileText } from './replay/csv.js';
import type { Selection } from './replay/plan.js';
import { replayPast } from './replay/past.js';
import { runReplay } from './replay/run.js';
import { isRight, summaryOf } from './replay/summary.js';
import { runYears } from './replay/years/run.js';
import { isRight as yearsAreRight, summaryOf as summaryOfYears } from './replay/years/summary.js';
import { zReportsFile } from './replay/z-reports.js';

interface Options {
  readonly orders?: string;
  readonly menu?: string;
  readonly until?: string;
  readonly into?: string;
  readonly date?: string;
  readonly businessDate?: string;
  /** Infinity: as fast as it goes (commander takes a null for a failure to read). */
  readonly speed: number;
  readonly tills: number;
  readonly screens: number;
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly branch: string;
  readonly outage?: number;
  readonly journal?: string;
  readonly zReports?: string;
  readonly years?: number;
  readonly linesPerDay: number;
  readonly seed: number;
}

const DEVICES_MAX = 64;

export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'play recorded orders through a hub, and reconcile; or rebuild a past moment (--until)',
    )
    .option('--orders <FILE>', 'CSV: OrderNumber,OrderDate,ItemName,Quantity,ProductPrice')
    .option('--menu <FILE>', 'CSV: Item Name,Product Price')
    .option('--date <DD/MM/YYYY>', 'the orders of one calendar day (default: all)', readDate)
    .option('--business-date <DD/MM/YYYY>', 'the orders of one business day', readDate)
    .option(
      '--speed <SPEED>',
      'recorded minutes in a minute, like 60x; or max',
      readSpeed,
      Infinity,
    )
    .option('--tills <N>', 'tills', readCount, 4)
    .option('--screens <N>', 'kitchen screens, at least one to each station', readCount, 6)
    .option('--url <URL>', 'a hub that runs, like ws://127.0.0.1:8080/ws (default: starts one)')
    .option('--token <TOKEN>', 'with --url: a token of a manager')
    .option('--data <DIR>', 'data directory of the hub (default: a new one)')
    .option('--branch <ID>', 'branch to play in', 'main')
    .option(
      '--outage <SECONDS>',
      'cut the tills off for so long in the middle of each day; they go on alone',
      readSeconds,
    )
    .option('--journal <FILE>', 'append each acknowledged key and its version')
    .option('--z-reports <FILE>', 'write a line for each Z report: date, number, total, hash (CSV)')
    .option(
      '--years <N>',
      'instead, make up so many years of such orders, as fast as it goes',
      readCount,
    )
    .option('--lines-per-day <N>', 'with --years: on average', readAmount, 1_100)
    .option('--seed <N>', 'with --years: another one makes another history', readAmount, 1)
    .option('--until <T>', 'rebuild what --data held at a version or time, from its events')
    .option('--into <FILE>', 'with --until: the new database file')
    .action((options: Options) => (options.years === undefined ? replay(options) : years(options)));
}

async function replay(options: Options): Promise<void> {
  const { until, orders, menu } = options;
  if (until !== undefined) {
    await replayPast({ ...options, until });
    return;
  }
  if (orders === undefined || menu === undefined) throw recordsMissing();
  const { branch, url, token, data, journal, speed, tills, screens, outage } = options;
  const result = await runReplay({
    orders: readText(orders),
    menu: readText(menu),
    selection: selectionOf(options),
    speed: speed === Infinity ? null : speed,
    tills,
    screens,
    ...(outage === undefined ? {} : { outageMs: outage * 1_000 }),
    ...(journal === undefined ? {} : { journal }),
    stage: {
      branch,
      ...(url === undefined ? {} : { url }),
      ...(token === undefined ? {} : { token }),
      ...(data === undefined ? {} : { data }),
    },
    output: process.stdout,
  }).catch((error: unknown) => {
    throw forOperator('replay', error);
  });
  process.stdout.write(`${summaryOf(result).join('\n')}\n`);
  if (options.zReports !== undefined) writeText(options.zReports, zReportsFile(result.zReports));
  if (!isRight(result)) process.exitCode = 1;
}

function recordsMissing(): OperatorError {
  return new OperatorError('replay', '--orders or --menu is missing', 'give both, or --until');
}

/** Of the options above, what a made-up history has no use for. */
const NOT_WITH_YEARS = ['date', 'businessDate', 'url', 'token', 'outage', 'journal'] as const;

const DAYS_A_YEAR = 365.25;

async function years(options: Options): Promise<void> {
  const { orders, menu, branch, data, years: count = 1, linesPerDay, seed } = options;
  const unfit = NOT_WITH_YEARS.find((name) => options[name] !== undefined);
  if (unfit !== undefined) {
    throw new OperatorError('--years', `--${unfit} does not go with it`, 'leave one of them away');
  }
  if (orders === undefined || menu === undefined) throw recordsMissing();
  const result = await runYears({
    orders: readText(orders),
    menu: readText(menu),
    ...{ days: Math.round(count * DAYS_A_YEAR), linesPerDay, seed },
    stage: { branch, ...(data === undefined ? {} : { data }) },
    output: process.stdout,
  }).catch((error: unknown) => {
    throw forOperator('replay', error);
  });
  process.stdout.write(`${summaryOfYears(result).join('\n')}\n`);
  if (options.zReports !== undefined) writeText(options.zReports, zReportsFile(result.zReports));
  if (!yearsAreRight(result)) process.exitCode = 1;
}

function selectionOf({ date, businessDate }: Options): Selection {
  if (date !== undefined && businessDate !== undefined) {
    throw new OperatorError('--date', 'there is --business-date too', 'give one of them');
  }
  if (date !== undefined) return { calendarDate: date };
  if (businessDate === undefined) return {};
  return { businessDate: businessDate.split('/').reverse().join('-') };
}

function readText(path: string): FileText {
  try {
    return { name: basename(path), text: readFileSync(path, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`read ${path}`, reason, 'give the path of a CSV file', error);
  }
}

function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`write ${path}`, reason, 'give a path that can be written', error);
  }
}

function readDate(text: string): string {
  if (/^\d{2}\/\d{2}\/\d{4}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be like 18/05/2019.');
}

function readSpeed(text: string): number {
  if (text === 'max') return Infinity;
  const [, digits = ''] = /^(\d{1,6})x$/.exec(text) ?? [];
  if (Number(digits) >= 1) return Number(digits);
  throw new InvalidArgumentError('It must be like 60x, or max.');
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1) return seconds;
  throw new InvalidArgumentError('It must be a whole number of seconds, from 1 to 9999.');
}

function readAmount(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}

function readCount(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= DEVICES_MAX) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${DEVICES_MAX}.`);
}
