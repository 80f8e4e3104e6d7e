/** Starts a whole hub on an image and gives it every command once more under its key, as tills do that had no answer. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StoreOpenError } from '#dist/store/sqlite/errors.js';
import { DATABASE_NAME } from '#dist/store/sqlite/open.js';
import { verifyDatabase } from '#dist/store/verify/verify-database.js';
import type { Client } from '../../../src/client/client.js';
import { CommandRefused } from '../../../src/client/requests/errors.js';
import { checkDatabase } from '../../e2e/crash/checker.js';
import type { RecordedCommand } from '../recording/command-book.js';
import { BRANCH, withHubHere } from '../recording/hub-here.js';
import type { Expectation } from './check-image.js';

/** In words; empty: what was acknowledged is answered as it was, and the rest is taken or refused, and leaves no trace where refused. */
export async function serveImage(directory: string, expected: Expectation): Promise<string[]> {
  try {
    const findings: string[] = [];
    await withHubHere(directory, async (client) => {
      for (const command of expected.commands) {
        findings.push(...(await askAgain(client, command, expected)));
      }
    });
    const path = join(directory, DATABASE_NAME);
    const { clean, difference } = await verifyDatabase({ file: path });
    if (!clean) findings.push(`verify: ${difference ?? 'not clean'}`);
    const acks = [...expected.acknowledged].map(([key, version]) => ({ key, version }));
    return [...findings, ...checkDatabase(path, BRANCH, acks).findings];
  } catch (error) {
    if (error instanceof StoreOpenError) return [`refused: ${error.message}`];
    throw error;
  }
}

async function askAgain(
  client: Client,
  { key, name, payload, expect }: RecordedCommand,
  { answers, acknowledged }: Expectation,
): Promise<string[]> {
  try {
    const options = { key, retryMs: 0, ...(Object.keys(expect).length > 0 && { expect }) };
    const answer = await client.command(name, payload as never, options);
    const given = answers.get(key);
    const mustBeSame = answer.replayed || acknowledged.has(key);
    if (!mustBeSame || given === undefined) return [];
    if (!answer.replayed) return [`${key} was taken a second time, as ${answer.version}`];
    const isSame =
      answer.version === given.version && isDeepStrictEqual(answer.result, given.result);
    return isSame ? [] : [`${key} is answered as ${answer.version}, it was ${given.version}`];
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    return acknowledged.has(key) ? [`${key} was acknowledged, and is refused: ${error.code}`] : [];
  }
}
