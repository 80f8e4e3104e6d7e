/** `expeditor archive --restore-all`: all orders leave the archive, and its files go. */
import { join } from 'node:path';
import { DATA, type CommandScenario } from '../recording/recorder.js';
import { archivedShifts } from './archive.js';

export function bringBack(): CommandScenario {
  return {
    name: 'bring-back',
    command: (root) => ['archive', '--restore-all', '--data', join(root, DATA)],
    prepare: async (directory, book) => {
      await archivedShifts(directory, book);
    },
  };
}
