/** What a hub on a directory would tell: archived orders, their histories, and every report. */
import { join } from 'node:path';
import { openReader } from '#dist/store/sqlite/database.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { Reader } from '#dist/store/sqlite/reads.js';
import { openForReports } from '#dist/store/sqlite/report-directory.js';
import { makeAsked } from '#dist/server/cli/report/make.js';
import { REPORTS, type ReportOptions } from '#dist/server/cli/report/options.js';

const BRANCH = 'main';
/** Moments and dates of what is asked: the same for every copy. */
export interface Asked {
  readonly orderIds: readonly string[];
  readonly shiftIds: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly now: number;
}

/** Of these only some: each reads through the events. */
const HISTORIES = 3;

/** By what was asked; an error is its line. */
export type Served = ReadonlyMap<string, string>;

/** What a copy that is whole can be asked for. */
export function askable(directory: string): Asked {
  const database = openReader(fileOf(directory));
  try {
    const list = (sql: string): string[] => database.prepare(sql).pluck().all() as string[];
    const [from = '', ...later] = list(
      'SELECT DISTINCT business_date FROM pos_shift ORDER BY business_date',
    );
    return {
      orderIds: list('SELECT id FROM archived_order ORDER BY id'),
      shiftIds: list(`SELECT id FROM pos_shift WHERE status = 'closed' ORDER BY closed_at`),
      ...{ from, to: later.at(-1) ?? from },
      now: Number(list('SELECT max(at) FROM sync_event')[0] ?? 0),
    };
  } finally {
    database.close();
  }
}

/** null: there is no such order. */
export async function readArchived(directory: string, { orderIds }: Asked): Promise<Served> {
  const database = openReader(fileOf(directory));
  const reader = new Reader(database);
  const served = new Map<string, string>();
  try {
    for (const id of orderIds) {
      served.set(`order ${id}`, await told(() => reader.order(BRANCH, id)));
    }
    for (const id of orderIds.slice(0, HISTORIES)) {
      const page = { after: { version: 0 }, limit: 50 };
      served.set(`history ${id}`, await told(() => reader.orderHistory(BRANCH, id, page)));
    }
  } finally {
    database.close();
  }
  return served;
}

export async function readReports(directory: string, asked: Asked): Promise<Served> {
  const opened = openForReports(directory);
  const served = new Map<string, string>();
  const { from, to, now, shiftIds } = asked;
  const ask = async (name: string, options: object): Promise<void> => {
    const given = { ...options, branch: BRANCH } as unknown as ReportOptions;
    const make = async () => (await makeAsked(opened, { name, options: given, now })).answer;
    served.set(`${name} ${JSON.stringify(options)}`, await told(make));
  };
  try {
    for (const name of REPORTS) {
      if (name !== 'shift') await ask(name, { from, to, groupBy: 'item' });
    }
    await ask('shift', { kind: 'x' });
    for (const shift of shiftIds) await ask('shift', { kind: 'z', shift });
  } finally {
    opened.close();
  }
  return served;
}

const ERROR = 'error: ';

/** Whether it is neither an answer of a whole record nor a plain no. */
export function isWithheld(text: string): boolean {
  return text === 'null' || text.startsWith(ERROR);
}

async function told(read: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await read());
  } catch (error) {
    return `${ERROR}${error instanceof Error ? error.message : String(error)}`;
  }
}

function fileOf(directory: string) {
  return { path: join(directory, DATABASE_NAME), durability: 'full', mmapBytes: 0 } as const;
}
