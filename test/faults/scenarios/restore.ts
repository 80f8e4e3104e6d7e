/** `expeditor restore --replace` over a directory that went on after the backup. */
import { join } from 'node:path';
import { runBackup } from '#dist/store/backup/run-backup.js';
import { withHubHere } from '../recording/hub-here.js';
import { DATA, type CommandScenario } from '../recording/recorder.js';
import { BACKUP, IN_BACKUP } from './backup.js';
import { Restaurant } from './restaurant.js';

/** Under which the epoch of the directory before the restore is shown. */
export const EPOCH = 'the epoch of before';

export function restore(): CommandScenario {
  return {
    name: 'restore',
    command: (root) => [
      ...['restore', '--replace', '--from', join(root, BACKUP)],
      ...['--data', join(root, DATA)],
    ],
    prepare: async (directory, book, root) => {
      const restaurant = new Restaurant(book);
      await withHubHere(directory, async (till) => {
        await restaurant.openShift(till);
        await restaurant.serve(till);
        await restaurant.ringUp(till);
      });
      book.shown.set(IN_BACKUP, [...book.answers.keys()]);
      const { manifest } = await runBackup({
        data: directory,
        to: join(root, BACKUP),
        program: 'test',
        at: Date.now(),
      });
      book.shown.set(EPOCH, manifest.epoch);
      await withHubHere(directory, async (till) => {
        await restaurant.serve(till);
        await restaurant.ringUp(till);
      });
    },
  };
}
