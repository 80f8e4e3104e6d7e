/** `expeditor serve`: runs the hub until it is told to stop. */
import { Command } from 'commander';
import { startServer, trackerOf } from '../compose.js';
import { correlation } from '../../hub/correlation.js';
import { trackedLog } from '../error-tracking.js';
import { boundHeapGrowth, exitOnBugs, liveUntilStopped } from '../lifetime.js';
import { createLog } from '../log.js';
import type { RunningServer } from '../running-server.js';
import { SETTING_NAMES } from '../settings.js';
import { VERSION } from '../version.js';
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
  const plainLog = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const errorTracker = await trackerOf(config);
  const log = trackedLog({ log: plainLog, tracker: errorTracker, version: VERSION, correlation });
  const running: { server?: RunningServer } = {};
  exitOnBugs({ log, tracker: errorTracker, cut: () => running.server?.cut() });
  boundHeapGrowth();
  log.info({ config }, 'settings');
  if (unknownVariables.length > 0) {
    log.warn({ unknownVariables }, 'these variables name no setting: misspelt?');
  }
  const acceptRollback = options['acceptRollback'] === true;
  running.server = await startServer(config, { log: plainLog, errorTracker, acceptRollback });
  liveUntilStopped(running.server);
}
