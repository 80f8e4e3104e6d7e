/** `expeditor serve`: runs the hub until it is told to stop. */
import { Command } from 'commander';
import { startServer } from '../compose.js';
import { boundHeapGrowth, exitOnBugs, liveUntilStopped } from '../lifetime.js';
import { createLog } from '../log.js';
import { SETTING_NAMES } from '../settings.js';
import { addSettings, configFrom } from './setting-options.js';

export function serveCommand(): Command {
  const command = new Command('serve').description('run the hub');
  return addSettings(command, SETTING_NAMES)
    .option(
      '--accept-rollback',
      'start once on a database that lacks acknowledged commands, as a new history',
    )
    .action(serve);
}

async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { config, unknownVariables } = configFrom(options);
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  exitOnBugs(log);
  boundHeapGrowth();
  log.info({ config }, 'settings');
  if (unknownVariables.length > 0) {
    log.warn({ unknownVariables }, 'these variables name no setting: misspelt?');
  }
  const acceptRollback = options['acceptRollback'] === true;
  liveUntilStopped(await startServer(config, { log, acceptRollback }));
}
