/** `expeditor verify`: checks a data directory against its own history; exit code 1 with the first difference. */
import { Command } from 'commander';
import { join } from 'node:path';
import { DATABASE_NAME } from '../../store/sqlite/open.js';
import type { VerifyReport } from '../../store/verify/findings.js';
import { verifyDatabase } from '../../store/verify/verify-database.js';
import { OperatorError } from '../operator-error.js';
import { addSettings, configFrom } from './setting-options.js';

export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'fold the history of a data directory and compare every row, total and hash',
  );
  return addSettings(command, ['data']).action(verify);
}

async function verify(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const report = await readReport(join(config.data, DATABASE_NAME));
  for (const line of describe(report)) process.stdout.write(`${line}\n`);
  if (!report.clean) process.exitCode = 1;
}

async function readReport(file: string): Promise<VerifyReport> {
  try {
    return await verifyDatabase({ file });
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof Error)) throw error;
    const hint = 'give the --data directory of a hub';
    throw new OperatorError(`verify ${file}`, error.cause.message, hint, error);
  }
}

function describe(report: VerifyReport): string[] {
  const { branches, events, rows, erased, difference, differences } = report;
  const counts = [`${branches} branches`, `${events} events`, `${rows} rows`];
  if (erased > 0) counts.push(`${erased} erased personal values`);
  if (difference === null) return [`clean: ${counts.join(', ')}`];
  const found = Object.entries(differences).map(([check, count]) => `${check} ${count}`);
  return [
    `NOT CLEAN: ${counts.join(', ')}`,
    `first difference: ${difference}`,
    `differences by check: ${found.join(', ')}`,
  ];
}
