/**
 * Has the kernel refuse calls of a hub that serves: orders' lives, handovers, closes and a run of the archive, and judges what
 * tills are told, what is left, and what the next hub makes of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkArchive } from '../checker/check-archive.js';
import { checkShifts } from '../checker/check-shifts.js';
import type { Expectation } from '../checker/check-image.js';
import { serveImage } from '../checker/serve-image.js';
import { CommandBook } from '../recording/command-book.js';
import { BRANCH, withHubHere } from '../recording/hub-here.js';
import { readTree, writeTree, type Tree } from '../recording/tree.js';
import { LONG_AGO_MS, PAST, pastOf, twoShifts } from '../scenarios/archive.js';
import { Restaurant } from '../scenarios/restaurant.js';
import { Site } from './site.js';
import { strayFiles } from './stray-files.js';

/** By system call: the errors that it can end in on a disk that is full, read-only or broken. */
const ERRORS = {
  'fsync,fdatasync': ['EIO', 'ENOSPC', 'EROFS'],
  pwrite64: ['ENOSPC', 'EIO', 'EROFS'],
} as const;
type Call = keyof typeof ERRORS;

export interface HubRefusal {
  readonly call: Call;
  readonly error: string;
  /** Which of each thread's calls is the first that is refused, from 1 on. */
  readonly when: number;
  /** `once`: the disk is well as soon as it has refused; `lasting`: not before the hub is stopped. */
  readonly how: 'once' | 'lasting';
}

export interface JudgedHub extends HubRefusal {
  /** `not_reached`: there is no such call. */
  readonly outcome: 'served' | 'not_reached' | 'WRONG';
  /** Commands that were not taken at once. */
  readonly refusals: number;
  readonly findings: readonly string[];
}

/** Every kind of fault, its first call each. */
export const HUB_REFUSALS: readonly HubRefusal[] = (Object.keys(ERRORS) as Call[]).flatMap((call) =>
  ERRORS[call].flatMap((error) =>
    (['once', 'lasting'] as const).map((how) => ({ call, error, how, when: 1 })),
  ),
);

const ARCHIVE_WAIT_MS = 45_000;
const ARCHIVE_CODES: ReadonlySet<number> = new Set([202, 423, 503]);
const ORDERS = 2;

export class HubRun {
  readonly #root = mkdtempSync(join(tmpdir(), 'hub-refusals-'));
  #pristine: Tree = { directories: [], files: new Map() };
  readonly #past = new CommandBook('past/');

  async prepare(): Promise<void> {
    const directory = join(this.#root, 'pristine');
    const clock = { now: () => Date.now() - LONG_AGO_MS };
    await withHubHere(
      directory,
      async (till) => {
        await twoShifts(till, this.#past);
      },
      { clock, rollover: false },
    );
    this.#pristine = readTree(directory);
  }

  /** `program`: a hub with a planted bug, which is not asked to archive. */
  async judge(refusal: HubRefusal, program?: string): Promise<JudgedHub> {
    const root = mkdtempSync(join(this.#root, 'run-'));
    const directory = join(root, 'data');
    writeTree(this.#pristine, directory);
    const { call, error, when, how } = refusal;
    const site = new Site({
      ...{ root, directory, isPassing: how === 'once' },
      inject: `inject=${call}:error=${error}:when=${String(when)}+`,
      ...(program !== undefined && { program }),
    });
    const book = new CommandBook();
    try {
      await site.open();
      await site.work(program === undefined ? evening(site, book) : sales(site, book));
      if (site.turn === 0) await site.openAgain();
      await site.close();
      const findings = [...site.findings, ...(await this.#left(directory, book))];
      const { refusals, injected } = site;
      const reached = injected === 0 ? 'not_reached' : 'served';
      const outcome = findings.length > 0 ? 'WRONG' : reached;
      return { ...refusal, outcome, refusals, findings };
    } finally {
      await site.close();
    }
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #left(directory: string, book: CommandBook): Promise<string[]> {
    const { commands, answers, shown } = book;
    const acknowledged = new Map([...answers].map(([key, { version }]) => [key, version]));
    const told = new Map([...shown, [PAST, pastOf(this.#past)]]);
    const expected: Expectation = { commands, answers, acknowledged, shown: told, said: [] };
    const path = join(directory, 'expeditor.db');
    const strays = strayFiles(directory);
    return [
      ...(await serveImage(directory, expected)),
      ...checkShifts(path, BRANCH, told),
      ...checkArchive(path, BRANCH, expected),
      ...strays.map((name) => `${name} is left half-written`),
    ];
  }
}

type Flow = () => Promise<void>;

/** Tills open, cook, are paid, hand over and close, while an administrator archives what was before. */
function evening(site: Site, book: CommandBook): readonly Flow[] {
  const restaurant = new Restaurant(book);
  const [seller, manager] = [site.till(), site.till()];
  const turns = async (): Promise<void> => {
    const first = await restaurant.openShift(manager);
    await Promise.all([restaurant.serve(manager), restaurant.serve(seller)]);
    const second = await restaurant.handOver(manager, first);
    await restaurant.showZ(manager, first);
    await restaurant.closeShift(manager, second);
    await restaurant.showZ(manager, second);
    const third = await restaurant.openShift(manager);
    await Promise.all([restaurant.serve(manager), restaurant.serve(seller)]);
    await restaurant.handOver(manager, third);
  };
  return [turns, () => archived(site)];
}

/** What the planted bug acknowledges cannot be read at once: it is asked for no reports. */
function sales(site: Site, book: CommandBook): readonly Flow[] {
  const restaurant = new Restaurant(book);
  const till = site.till();
  const sell = async (): Promise<void> => {
    await restaurant.openShift(till);
    for (let orders = 0; orders < ORDERS; orders += 1) await restaurant.serve(till);
  };
  return [sell];
}

/** Resolves when a run over HTTP was answered to be done. */
async function archived(site: Site): Promise<void> {
  for (;;) {
    const turn = site.turn;
    const status = await site
      .asking(() => askToArchive(site))
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'TimeoutError') return 'nothing';
        if (turn === site.turn && site.turn === 1) throw error;
        return 503;
      });
    if (status === 200) return;
    if (typeof status === 'string' || !ARCHIVE_CODES.has(status)) {
      site.findings.push(`POST /api/v1/archive was answered with ${String(status)}`);
      if (site.turn === 1) return;
    }
    await site.again();
  }
}

async function askToArchive({ hub, adminToken }: Site): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${String(hub.port)}/api/v1/archive`, {
    method: 'POST',
    signal: AbortSignal.timeout(ARCHIVE_WAIT_MS),
    headers: {
      authorization: `Bearer ${adminToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ older_than_hours: 0 }),
  });
  return status;
}
