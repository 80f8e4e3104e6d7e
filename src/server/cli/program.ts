/** The command line: one command a file. What an operator can mend is said in one line, and the exit code is 1. */
import { Command } from 'commander';
import { StoreOpenError } from '../../store/sqlite/errors.js';
import { OperatorError } from '../operator-error.js';
import { VERSION } from '../version.js';
import { replayCommand } from './replay.js';
import { serveCommand } from './serve.js';
import { tokenCommand } from './token.js';
import { verifyCommand } from './verify.js';
import { versionCommand } from './version.js';
import { watchCommand } from './watch.js';

function program(): Command {
  return new Command('expeditor')
    .description('the hub between the till and the kitchen of a restaurant')
    .version(VERSION)
    .showHelpAfterError('(expeditor --help says more)')
    .addCommand(serveCommand())
    .addCommand(tokenCommand())
    .addCommand(replayCommand())
    .addCommand(verifyCommand())
    .addCommand(watchCommand())
    .addCommand(versionCommand());
}

/** Resolves when the command has ended; `serve` goes on living behind it. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof OperatorError || error instanceof StoreOpenError)) throw error;
    process.stderr.write(`expeditor: ${error.message}\n`);
    process.exitCode = 1;
  }
}
