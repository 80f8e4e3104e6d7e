/** `expeditor version`: prints the version of the program. */
import { Command } from 'commander';
import { VERSION } from '../version.js';

export function versionCommand(): Command {
  return new Command('version').description('print the version').action(() => {
    process.stdout.write(`${VERSION}\n`);
  });
}
