/** `expeditor token`: makes a token for one person on one device, and prints it alone. */
import { Command, Option } from 'commander';
import { systemClock } from '../../base/clock.js';
import { uuidV7Source } from '../../base/ids.js';
import type { Role } from '../../domain/rows.js';
import { OperatorError } from '../operator-error.js';
import { openTokenKeys } from '../token-key.js';
import { openTokens, ROLES, TOKEN_SECONDS_MAX } from '../tokens.js';
import { addSettings, configFrom } from './setting-options.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

interface TokenOptions {
  readonly branch: string;
  readonly role: Role;
  readonly name?: string;
  readonly staff?: string;
  readonly device?: string;
  readonly ttl: string;
  readonly branches?: readonly string[];
}

export function tokenCommand(): Command {
  const command = new Command('token')
    .description('make a token for one person on one device, and print it alone')
    .option('--branch <ID>', 'the branch that it is good for', 'main')
    .addOption(new Option('--role <ROLE>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--name <NAME>', 'name of the person (default: the role)')
    .option('--staff <ID>', 'staff id (default: made from the name)')
    .option('--device <ID>', 'device id (default: a new one for each token)')
    .option(
      '--branches <IDS>',
      'branches whose reports it opens besides, with commas between them: main,harbour',
      (text: string) => text.split(','),
    )
    .option('--ttl <TIME>', 'how long it is good: 90s, 15m, 1h, 7d', '1h');
  return addSettings(command, ['data']).action(printToken);
}

async function printToken(options: TokenOptions & Readonly<Record<string, unknown>>) {
  const { config } = configFrom(options);
  const { role, branch, branches, ttl, name = role } = options;
  const principal = {
    id: options.staff ?? slug(name, role),
    name,
    role,
    branch_id: branch,
    device_id: options.device ?? `device-${uuidV7Source(systemClock)()}`,
  };
  const tokens = openTokens(openTokenKeys(config.data), systemClock);
  const token = await tokens.sign(principal, secondsOf(ttl), {
    ...(branches !== undefined && { branches }),
  });
  process.stdout.write(`${token}\n`);
}

/** `Amy O'Neil` is `amy-o-neil`; a name without Latin letters takes the role's. */
function slug(name: string, role: Role): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();
  const words = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return words === '' ? role : words.slice(0, 64);
}

function secondsOf(ttl: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,8})([smhd])$/.exec(ttl) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 0);
  if (seconds >= 1 && seconds <= TOKEN_SECONDS_MAX) return seconds;
  throw new OperatorError(
    '--ttl',
    `"${ttl}" will not do`,
    'it must be like 90s, 15m, 1h or 7d, at most 31d',
  );
}
