/** What a backup promises after a cut: nothing under its name, or all of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { restore as restoreBackup } from '#dist/store/backup/restore.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { checkDatabase } from '../../e2e/crash/checker.js';
import { BRANCH } from '../recording/hub-here.js';
import { BACKUP, IN_BACKUP } from '../scenarios/backup.js';
import type { Expectation } from './check-image.js';

/** In words; empty: it is whole, verifies and holds every key of before it began, or is not there and nobody was told that it is. */
export async function checkBackup(root: string, expected: Expectation): Promise<string[]> {
  const from = join(root, BACKUP);
  if (!existsSync(from)) {
    return expected.said.length === 0 ? [] : ['the backup is gone, though it was told to be whole'];
  }
  const data = join(root, 'restored');
  try {
    await restoreBackup({
      ...{ from, data, replace: false, verifyOnly: false, newEpoch: 'restored', at: 0 },
      onProgress: () => undefined,
    });
    return checkDatabase(join(data, DATABASE_NAME), BRANCH, keysIn(expected)).findings.map(
      (finding) => `in the backup: ${finding}`,
    );
  } catch (error) {
    return [`the backup: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** What was acknowledged before the backup began. */
export function keysIn({ shown, answers }: Expectation) {
  const keys = (shown.get(IN_BACKUP) ?? []) as readonly string[];
  return keys.map((key) => ({ key, version: answers.get(key)?.version ?? 0 }));
}
