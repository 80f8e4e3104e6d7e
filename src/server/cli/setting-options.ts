/** Makes a command's options from the settings, and reads back what was given. */
import { Option, type Command } from 'commander';
import { environment, readConfig, readEnvFile, variableOf, type ReadConfig } from '../config.js';
import { SETTINGS, type Config } from '../settings.js';

/** In the directory that the program is started in. */
const ENV_FILE = '.env';

function shown(fallback: Config[keyof Config]): string {
  if (fallback === null) return 'none';
  if (typeof fallback === 'object') return fallback.length === 0 ? 'none' : fallback.join(',');
  if (typeof fallback === 'boolean') return fallback ? 'yes' : 'no';
  return String(fallback);
}

/** Adds an option for each of the settings named. */
export function addSettings(command: Command, names: readonly (keyof Config)[]): Command {
  for (const name of names) {
    const setting = SETTINGS[name];
    const value = setting.placeholder === undefined ? '' : ` <${setting.placeholder}>`;
    const defaults = `(default: ${shown(setting.fallback)}, env: ${variableOf(setting)})`;
    command.addOption(new Option(`--${setting.flag}${value}`, `${setting.help} ${defaults}`));
  }
  return command;
}

/** `options` as commander read them: it names them as the settings are named. */
export function configFrom(options: Readonly<Record<string, unknown>>): ReadConfig {
  const flags: Partial<Record<keyof Config, string>> = {};
  for (const name of Object.keys(SETTINGS) as (keyof Config)[]) {
    const given = options[name];
    if (typeof given === 'string') flags[name] = given;
    else if (given === true) flags[name] = 'yes';
  }
  return readConfig({ flags, environment: environment(), envFile: readEnvFile(ENV_FILE) });
}
