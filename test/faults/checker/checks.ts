/** What an image of each scenario is held against. */
import { join } from 'node:path';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { BRANCH } from '../recording/hub-here.js';
import { DATA } from '../recording/recorder.js';
import { checkArchive } from './check-archive.js';
import { checkBackup } from './check-backup.js';
import { checkImage, type Expectation } from './check-image.js';
import { checkMigration } from './check-migration.js';
import { checkRestore } from './check-restore.js';
import { checkShifts } from './check-shifts.js';

/** `root` holds the image and nothing else. In words; empty: all is as it must be. */
export type ImageCheck = (root: string, expected: Expectation) => Promise<string[]>;

function ofData(
  ...more: readonly ((path: string, expected: Expectation) => string[])[]
): ImageCheck {
  return async (root, expected) => {
    const directory = join(root, DATA);
    const path = join(directory, DATABASE_NAME);
    return checkImage(directory, expected, () => more.flatMap((check) => check(path, expected)));
  };
}

const USUAL = ofData();
const ARCHIVED = ofData((path, expected) => checkArchive(path, BRANCH, expected));

/** By the scenario's name; the rest is held against what is promised of every hub's directory. */
const BY_SCENARIO: Readonly<Record<string, ImageCheck>> = {
  backup: async (root, expected) => [
    ...(await USUAL(root, expected)),
    ...(await checkBackup(root, expected)),
  ],
  restore: checkRestore,
  'migration-1': ofData(checkMigration),
  'migration-2': ofData(checkMigration),
  archive: ARCHIVED,
  erasure: ARCHIVED,
  'bring-back': ARCHIVED,
  close: ofData((path, { shown }) => checkShifts(path, BRANCH, shown)),
};

/** After whose images no hub is asked everything again: what is restored is a new history. */
export const NOT_SERVED: ReadonlySet<string> = new Set(['restore']);

export function checkOf(scenario: string): ImageCheck {
  return BY_SCENARIO[scenario] ?? USUAL;
}
