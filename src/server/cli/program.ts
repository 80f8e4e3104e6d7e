/**
 * The command line: one command a file, of which only the one that is named is loaded. What an operator can mend is said
 * in one line, and the exit code is 1.
 */
import { Command } from 'commander';
import { StoreOpenError } from '../../store/sqlite/errors.js';
import { OperatorError } from '../operator-error.js';
import { VERSION } from '../version.js';

const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./serve.js')).serveCommand()],
  ['token', async () => (await import('./token.js')).tokenCommand()],
  ['rotate-key', async () => (await import('./rotate-key.js')).rotateKeyCommand()],
  ['replay', async () => (await import('./replay.js')).replayCommand()],
  ['report', async () => (await import('./report.js')).reportCommand()],
  ['verify', async () => (await import('./verify.js')).verifyCommand()],
  ['archive', async () => (await import('./archive.js')).archiveCommand()],
  ['export', async () => (await import('./export.js')).exportCommand()],
  ['erase', async () => (await import('./erase.js')).eraseCommand()],
  ['backup', async () => (await import('./backup.js')).backupCommand()],
  ['restore', async () => (await import('./restore.js')).restoreCommand()],
  ['watch', async () => (await import('./watch.js')).watchCommand()],
  ['version', async () => (await import('./version.js')).versionCommand()],
]);

/** `name`: the first word on the command line; where it is no command all are loaded, for the help. */
async function program(name: string | undefined): Promise<Command> {
  const named = COMMANDS.get(name ?? '');
  const loading = named === undefined ? [...COMMANDS.values()] : [named];
  const expeditor = new Command('expeditor')
    .description('the hub between the till and the kitchen of a restaurant')
    .version(VERSION)
    .showHelpAfterError('(expeditor --help says more)');
  for (const command of await Promise.all(loading.map((load) => load()))) {
    expeditor.addCommand(command);
  }
  return expeditor;
}

/** Resolves when the command has ended; `serve` goes on living behind it. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await (await program(argv[2])).parseAsync(argv);
  } catch (error) {
    if (!(error instanceof OperatorError || error instanceof StoreOpenError)) throw error;
    process.stderr.write(`expeditor: ${error.message}\n`);
    process.exitCode = 1;
  }
}
