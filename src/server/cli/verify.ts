/** `expeditor verify`: checks a data directory against its own history; exit code 1 with the first difference. */
import { Command } from 'commander';
import { join } from 'node:path';
import { DATABASE_NAME } from '../../store/sqlite/open.js';
import type { ExpectedHead } from '../../store/verify/remembered.js';
import type { VerifyReport } from '../../store/verify/findings.js';
import { verifyDatabase } from '../../store/verify/verify-database.js';
import { OperatorError } from '../operator-error.js';
import { addSettings, configFrom } from './setting-options.js';
import { openSteps } from './step-progress.js';

/** A branch's id may hold colons itself. */
const HEAD = /^(.{1,64}):(\d{1,15}):([0-9a-f]{64})$/;

export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'fold the history of a data directory and compare every row, total and hash',
  );
  command.option(
    '--expect-head <BRANCH:VERSION:HASH>',
    'a head that the log told and the database must hold; may be given several times',
    (text: string, heads: readonly ExpectedHead[]) => [...heads, headOf(text)],
    [],
  );
  command.option('--json', 'the report as one line of JSON, for monitoring');
  return addSettings(command, ['data']).action(verify);
}

function headOf(text: string): ExpectedHead {
  const [, branchId, version, hash] = HEAD.exec(text) ?? [];
  if (branchId === undefined || version === undefined || hash === undefined) {
    throw new OperatorError(
      'read --expect-head',
      `"${text}" is no head`,
      'give BRANCH:VERSION:HASH as the log has them, the hash as 64 hexadecimal digits',
    );
  }
  return [branchId, Number(version), hash];
}

async function verify(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const expectedHeads = options['expectHead'] as readonly ExpectedHead[];
  const progress = openSteps(process.stderr);
  const report = await verifyDatabase({
    file: join(config.data, DATABASE_NAME),
    expectedHeads,
    onProgress: ({ step, done, total }) => {
      progress.at(step, done, total);
    },
  }).finally(() => {
    progress.stop();
  });
  const lines = options['json'] === true ? [JSON.stringify(report)] : describe(report);
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (!report.clean) process.exitCode = 1;
}

function describe(report: VerifyReport): string[] {
  const { branches, events, rows, segments, erased, remembered, expected } = report;
  const { clear, difference, differences } = report;
  const counts = [`${branches} branches`, `${events} events`, `${rows} rows`];
  if (segments > 0) counts.push(`${segments} segments`);
  counts.push(`${remembered === 0 ? 'no' : remembered} remembered heads`);
  if (expected > 0) counts.push(`${expected} expected heads`);
  if (erased > 0) counts.push(`${erased} erased personal values`);
  if (clear > 0) counts.push(`${clear} notes in clear text in events of an older release`);
  if (difference === null) return [`clean: ${counts.join(', ')}`];
  const found = Object.entries(differences).map(([check, count]) => `${check} ${count}`);
  return [
    `NOT CLEAN: ${counts.join(', ')}`,
    `first difference: ${difference}`,
    `differences by check: ${found.join(', ')}`,
  ];
}
