/** `expeditor restore`: a backup becomes the data directory again, as a new history. */
import { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { systemRandom, uuidV7Source } from '../../base/ids.js';
import { restore, type Restored } from '../../store/backup/restore.js';
import { addSettings, configFrom } from './setting-options.js';
import { openSteps } from './step-progress.js';

export function restoreCommand(): Command {
  const command = new Command('restore').description(
    'check a backup and make it the data directory, as a new history: clients start over by themselves',
  );
  command
    .requiredOption('--from <FILE>', 'a backup, or a copy that was made before an upgrade')
    .option('--replace', 'keep what is in the data directory aside, and take over its token keys')
    .option('--verify-only', 'check all of the backup, and change nothing');
  return addSettings(command, ['data']).action(run);
}

async function run(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config } = configFrom(options);
  const steps = openSteps(process.stderr);
  const verifyOnly = options['verifyOnly'] === true;
  const newEpoch = uuidV7Source(systemClock, systemRandom)();
  const restored = await restore({
    ...{ from: String(options['from']), data: config.data, verifyOnly, newEpoch },
    replace: options['replace'] === true,
    at: systemClock.now(),
    onProgress: (step, done, total) => {
      steps.at(step, done, total);
    },
  }).finally(() => {
    steps.stop();
  });
  const what = verifyOnly ? 'whole' : `restored to ${config.data}, epoch ${newEpoch}`;
  process.stdout.write(`${what}: ${describe(restored)}\n`);
  if (restored.keptAside !== null) {
    process.stdout.write(`what was there before is kept in ${restored.keptAside}\n`);
  }
}

function describe({ heads, createdAt, report }: Restored): string {
  const newest = heads.map(([branch, version]) => `${branch} at ${version}`).join(', ');
  const made = createdAt === null ? '' : `, made ${new Date(createdAt).toISOString()}`;
  return `${newest}${made}; ${report.events} events and ${report.rows} rows verified`;
}
