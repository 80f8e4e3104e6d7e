/** `expeditor backup`: one file with everything of a data directory, also beside a running hub. */
import { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { backupPath, runBackup } from '../../store/backup/run-backup.js';
import { VERSION } from '../version.js';
import { addSettings, configFrom } from './setting-options.js';
import { openSteps } from './step-progress.js';

const WORDS = { copy: 'copying', write: 'writing', check: 'reading back' };

export function backupCommand(): Command {
  const command = new Command('backup').description(
    'copy everything of a data directory to one file and read it back; a hub may go on beside it',
  );
  command.requiredOption(
    '--to <FILE|DIR>',
    'a file whose name ends in .tar, or a directory for expeditor-TIME.tar',
  );
  return addSettings(command, ['data']).action(backup);
}

async function backup(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const at = systemClock.now();
  const steps = openSteps(process.stderr);
  const { path, bytes, manifest } = await runBackup({
    ...{ data: config.data, to: backupPath(String(options['to']), at), program: VERSION, at },
    onProgress: ({ step, done, total }) => {
      steps.at(WORDS[step], done, total);
    },
  }).finally(() => {
    steps.stop();
  });
  const heads = manifest.heads.map(([branch, version]) => `${branch} at ${version}`).join(', ');
  process.stdout.write(`${path}: ${bytes} bytes, ${heads}; read back and whole\n`);
}
