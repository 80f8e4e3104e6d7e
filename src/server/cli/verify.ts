/** `expeditor verify`: checks a data directory against its own history; exit code 1 with the first difference. */
import { Command } from 'commander';
import { join } from 'node:path';
import { DATABASE_NAME } from '../../store/sqlite/open.js';
import type { VerifyReport } from '../../store/verify/findings.js';
import { verifyDatabase } from '../../store/verify/verify-database.js';
import { addSettings, configFrom } from './setting-options.js';

export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'fold the history of a data directory and compare every row, total and hash',
  );
  return addSettings(command, ['data']).action(verify);
}

async function verify(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const report = await verifyDatabase({ file: join(config.data, DATABASE_NAME) });
  for (const line of describe(report)) process.stdout.write(`${line}\n`);
  if (!report.clean) process.exitCode = 1;
}

function describe(report: VerifyReport): string[] {
  const { branches, events, rows, erased, remembered, difference, differences } = report;
  const counts = [`${branches} branches`, `${events} events`, `${rows} rows`];
  counts.push(`${remembered === 0 ? 'no' : remembered} remembered heads`);
  if (erased > 0) counts.push(`${erased} erased personal values`);
  if (difference === null) return [`clean: ${counts.join(', ')}`];
  const found = Object.entries(differences).map(([check, count]) => `${check} ${count}`);
  return [
    `NOT CLEAN: ${counts.join(', ')}`,
    `first difference: ${difference}`,
    `differences by check: ${found.join(', ')}`,
  ];
}
