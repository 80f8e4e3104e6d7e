/** Holds an image against what its hub had answered before the cut. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import { StoreOpenError } from '#dist/store/sqlite/errors.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { verifyDatabase } from '#dist/store/verify/verify-database.js';
import { checkDatabase } from '../../e2e/crash/checker.js';
import type { RecordedAnswer, RecordedCommand } from '../recording/command-book.js';
import { BRANCH } from '../recording/hub-here.js';
import { startQuickly } from './start.js';

export interface Expectation {
  readonly commands: readonly RecordedCommand[];
  /** Every answer that was ever given. */
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
  /** Keys whose acknowledgement had left before the cut, with the version that it bore. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** What else was shown to a till, by its name in the scenario. */
  readonly shown: ReadonlyMap<string, unknown>;
  /** What an operator had been told to be done before the cut. */
  readonly said: readonly string[];
}

/** In words; empty: I1, I2, I3, I5, I6 and I7 hold, and `more` finds nothing where a branch is there. Leaves the directory as a start does. */
export async function checkImage(
  directory: string,
  expected: Expectation,
  more: () => readonly string[],
): Promise<string[]> {
  const { acknowledged } = expected;
  const path = join(directory, DATABASE_NAME);
  if (!existsSync(directory) && acknowledged.size === 0) return [];
  try {
    const loaded = await startQuickly(directory);
    const { clean, difference } = await verifyDatabase({ file: path });
    const findings = clean ? [] : [`verify: ${difference ?? 'not clean'}`];
    const acks = [...acknowledged].map(([key, version]) => ({ key, version }));
    findings.push(...checkDatabase(path, BRANCH, acks).findings);
    if (loaded.length > 0) findings.push(...checkAnswers(path, expected), ...more());
    return findings;
  } catch (error) {
    if (error instanceof StoreOpenError) return [`refused: ${error.message}`];
    return [`broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

interface AnswerRow {
  readonly version: number;
  readonly result: string;
}

/** Whatever key is there has the answer that its till got, or would have got. */
function checkAnswers(path: string, { commands, answers }: Expectation): string[] {
  const database = new Database(path, { readonly: true });
  try {
    const answerOf = database.prepare<[string, string], AnswerRow>(
      'SELECT version, result FROM idempotency_request WHERE branch_id = ? AND key = ?',
    );
    return commands.flatMap(({ key }) => {
      const stored = answerOf.get(BRANCH, key);
      const given = answers.get(key);
      if (stored === undefined || given === undefined) return [];
      const isSame =
        stored.version === given.version &&
        isDeepStrictEqual(JSON.parse(stored.result), given.result);
      return isSame ? [] : [`${key} was answered otherwise than is stored: ${stored.result}`];
    });
  } finally {
    database.close();
  }
}
