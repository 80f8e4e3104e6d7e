/** `expeditor rotate-key`: makes a new key for tokens; those of the key before stay good, so that nobody is logged out. */
import { Command } from 'commander';
import { systemClock } from '../../base/clock.js';
import { rotateTokenKey } from '../token-key.js';
import { addSettings, configFrom } from './setting-options.js';

export function rotateKeyCommand(): Command {
  const command = new Command('rotate-key').description(
    'make a new key for tokens; a hub that runs takes it up by itself, and nobody is logged out',
  );
  return addSettings(command, ['data']).action((options: Readonly<Record<string, unknown>>) => {
    const { config } = configFrom(options);
    const { current, previous } = rotateTokenKey(config.data, systemClock.now());
    const before = previous === null ? '' : `, beside ${previous.id}`;
    process.stdout.write(`key ${current.id} signs from now on${before}\n`);
  });
}
