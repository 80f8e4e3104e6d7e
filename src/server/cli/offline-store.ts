/** The store of a data directory that no hub runs on, for commands that do there what a hub does by itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemTimers } from '../../base/clock.js';
import { systemRandom, uuidV7Source } from '../../base/ids.js';
import { silentLog } from '../../base/log.js';
import type { Store } from '../../store/port.js';
import { DATABASE_NAME, openSqliteStore } from '../../store/sqlite/open.js';
import { OperatorError } from '../operator-error.js';

/**
 * Refuses a directory without a database: none is made there. What is written is on the disk before it is relied on, whatever
 * the hub was told of its commands.
 */
export function openOfflineStore(command: string, directory: string): Promise<Store> {
  if (!existsSync(join(directory, DATABASE_NAME))) {
    const hint = 'give the --data directory of a hub';
    throw new OperatorError(`${command} ${directory}`, 'it holds no database', hint);
  }
  return openSqliteStore({
    ...{ directory, durability: 'full', log: silentLog },
    ...{ clock: systemClock, timers: systemTimers },
    newId: uuidV7Source(systemClock, systemRandom),
  });
}
