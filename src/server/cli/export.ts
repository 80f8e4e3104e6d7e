/** `expeditor export`: everything of a data directory in open formats, also beside a running hub. */
import { Command, Option } from 'commander';
import { constants, setPriority } from 'node:os';
import { systemClock } from '../../base/clock.js';
import type { ExportFormat } from '../../store/export/row-text.js';
import { writeExport, type ExportManifest } from '../../store/export/write-export.js';
import { VERSION } from '../version.js';
import { addSettings, configFrom } from './setting-options.js';
import { openSteps } from './step-progress.js';

interface Options {
  readonly to: string;
  readonly format: ExportFormat;
  readonly branch?: string;
}

export function exportCommand(): Command {
  const command = new Command('export').description(
    'write everything, archived orders and events too, as one file a table; a hub may go on beside it',
  );
  command
    .requiredOption('--to <DIR>', 'a directory that does not exist yet, or is empty')
    .addOption(
      new Option('--format <FORMAT>', 'what the files are')
        .choices(['csv', 'ndjson'])
        .makeOptionMandatory(),
    )
    .option('--branch <ID>', 'only this branch');
  return addSettings(command, ['data']).action(run);
}

async function run(options: Options & Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const { to, format, branch: branchId = null } = options;
  // A hub on the same machine comes first.
  setPriority(constants.priority.PRIORITY_LOW);
  const steps = openSteps(process.stderr);
  const manifest = await writeExport({
    ...{ data: config.data, to, format, branchId, program: VERSION, at: systemClock.now() },
    onProgress: ({ step, done, total }) => {
      steps.at(step, done, total);
    },
  }).finally(() => {
    steps.stop();
  });
  process.stdout.write(`${to}: ${summary(manifest)}\n`);
}

function summary({ files, heads }: ExportManifest): string {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const newest = heads.map(([branch, version]) => `${branch} at ${version}`).join(', ');
  return `${files.length} tables, ${rows} rows, ${bytes} bytes, ${newest}`;
}
