/** Reads the settings: a flag wins over the environment, that over the .env file, that over the default. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { OperatorError } from './operator-error.js';
import { SETTINGS, SETTING_NAMES, type Config, type Setting } from './settings.js';

const PREFIX = 'EXPEDITOR_';

/** What was given, by the name of the setting (flags) or of the variable. */
export interface ConfigSources {
  readonly flags: Readonly<Partial<Record<keyof Config, string>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: Readonly<Record<string, string | undefined>>;
}

export interface ReadConfig {
  readonly config: Config;
  /** Variables with our prefix that name no setting: misspelt, most likely. */
  readonly unknownVariables: readonly string[];
}

/** The environment of this process. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The variables of a .env file; none where there is no such file. */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`read ${path}`, reason, 'make it readable, or move it away', error);
  }
}

export function variableOf(setting: Setting<unknown>): string {
  return PREFIX + setting.flag.toUpperCase().replaceAll('-', '_');
}

interface Given {
  readonly text: string;
  /** `--port`, `EXPEDITOR_PORT` or `EXPEDITOR_PORT in .env`. */
  readonly where: string;
}

function given(name: keyof Config, sources: ConfigSources): Given | undefined {
  const setting = SETTINGS[name];
  const variable = variableOf(setting);
  const found: readonly (readonly [string | undefined, string])[] = [
    [sources.flags[name], `--${setting.flag}`],
    [sources.environment[variable], variable],
    [sources.envFile[variable], `${variable} in .env`],
  ];
  for (const [text, where] of found) if (text !== undefined) return { text, where };
  return undefined;
}

function readSetting<Name extends keyof Config>(name: Name, sources: ConfigSources): Config[Name] {
  const setting: Setting<Config[Name]> = SETTINGS[name];
  const source = given(name, sources);
  if (source === undefined) return setting.fallback;
  const reading = setting.read(source.text);
  if (reading.kind === 'value') return reading.value;
  throw new OperatorError(
    source.where,
    setting.secret === true ? 'what was given will not do' : `"${source.text}" will not do`,
    `it must be ${reading.must}`,
  );
}

/** Backups need somewhere to go and something to copy. */
function expectBackupDirectory({ store, backupDir }: Config, sources: ConfigSources): void {
  if (backupDir !== null && store === 'memory') {
    const where = given('backupDir', sources)?.where ?? '--backup-dir';
    throw new OperatorError(where, 'the memory store keeps nothing', 'leave one of both out');
  }
  for (const name of ['backupEveryHours', 'backupKeep'] as const) {
    const source = given(name, sources);
    if (source === undefined || backupDir !== null) continue;
    throw new OperatorError(source.where, 'no backups are made', 'give --backup-dir too');
  }
}

/** Throws an OperatorError at the first setting that will not do. */
export function readConfig(sources: ConfigSources): ReadConfig {
  const entries = SETTING_NAMES.map((name) => [name, readSetting(name, sources)] as const);
  const config = Object.fromEntries(entries) as unknown as Config;
  const durability = given('durability', sources);
  if (config.store === 'memory' && durability !== undefined) {
    throw new OperatorError(
      durability.where,
      'the memory store keeps nothing',
      'leave the durability out, or the memory store',
    );
  }
  expectBackupDirectory(config, sources);
  if ((config.tlsCert === null) !== (config.tlsKey === null)) {
    const missing = config.tlsKey === null ? '--tls-key' : '--tls-cert';
    throw new OperatorError('speak TLS', `${missing} is missing`, 'give both files, or neither');
  }
  const known = new Set(SETTING_NAMES.map((name) => variableOf(SETTINGS[name])));
  const variables = Object.keys({ ...sources.envFile, ...sources.environment });
  const unknownVariables = variables.filter((key) => key.startsWith(PREFIX) && !known.has(key));
  return { config, unknownVariables };
}
