/** What a restore promises after a cut: the directory of before or the restored one, whole, or a start that says how to go on. */
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '#dist/store/sqlite/errors.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { checkDatabase } from '../../e2e/crash/checker.js';
import { BRANCH } from '../recording/hub-here.js';
import { DATA } from '../recording/recorder.js';
import { EPOCH } from '../scenarios/restore.js';
import { keysIn } from './check-backup.js';
import { checkImage, type Expectation } from './check-image.js';
import { startQuickly } from './start.js';

const HINT = /finish it: mv (\S+) (\S+); or undo it: rename (\S+)\.before-restore-TIME back/;
const ASIDE = /^data\.before-restore-\w+$/;
const KEY = 'token.key';

export async function checkRestore(root: string, expected: Expectation): Promise<string[]> {
  const directory = join(root, DATA);
  if (existsSync(join(directory, DATABASE_NAME))) return checkStanding(root, expected);
  try {
    await startQuickly(directory);
    return ['a start makes an empty database where one was to come'];
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return [
      ...(await checkFinished(root, error, expected)),
      ...(await checkUndone(root, expected)),
    ];
  }
}

/** As the line says it, on a copy. */
async function checkFinished(
  root: string,
  { message }: StoreOpenError,
  expected: Expectation,
): Promise<string[]> {
  const [, from, to] = HINT.exec(message) ?? [];
  if (from === undefined || to === undefined || message.includes('\n')) {
    return [`refused without a way on: ${message}`];
  }
  cpSync(root, `${root}-copy`, { recursive: true });
  try {
    rmSync(to.replace(root, `${root}-copy`), { recursive: true, force: true });
    renameSync(from.replace(root, `${root}-copy`), to.replace(root, `${root}-copy`));
    return await checkStanding(`${root}-copy`, expected);
  } finally {
    rmSync(`${root}-copy`, { recursive: true });
  }
}

async function checkUndone(root: string, expected: Expectation): Promise<string[]> {
  const aside = asideIn(root);
  if (aside === undefined) return ['the directory of before is gone'];
  rmSync(join(root, DATA), { recursive: true, force: true });
  renameSync(join(root, aside), join(root, DATA));
  rmSync(join(root, `${DATA}.restored`), { recursive: true, force: true });
  return checkImage(join(root, DATA), expected, () => []);
}

/** One of both has the name; if it is the restored one, the other is kept aside, wholly. */
async function checkStanding(root: string, expected: Expectation): Promise<string[]> {
  const directory = join(root, DATA);
  const path = join(directory, DATABASE_NAME);
  const aside = asideIn(root);
  const isRestored = epochOf(path) !== expected.shown.get(EPOCH);
  const keyGone = existsSync(join(directory, KEY)) ? [] : [`${KEY} is gone`];
  if (!isRestored) {
    const said = expected.said.length === 0 ? [] : ['not restored, though it was told to be'];
    return [...said, ...keyGone, ...(await checkImage(directory, expected, () => []))];
  }
  const acknowledged = new Map(keysIn(expected).map(({ key, version }) => [key, version]));
  const restored = await checkImage(directory, { ...expected, acknowledged }, () => []);
  const { keys } = checkDatabase(path, BRANCH, []);
  const others =
    keys === acknowledged.size ? [] : [`${keys} keys are there, not those of the backup`];
  if (aside === undefined) return [...restored, 'the directory of before is gone'];
  const before = await checkImage(join(root, aside), expected, () => []);
  return [...restored, ...keyGone, ...others, ...before.map((one) => `kept aside: ${one}`)];
}

function asideIn(root: string): string | undefined {
  return readdirSync(root).find((name) => ASIDE.test(name));
}

function epochOf(path: string): unknown {
  const database = new Database(path);
  try {
    return database.prepare(`SELECT value FROM meta WHERE name = 'epoch'`).pluck().get();
  } finally {
    database.close();
  }
}
