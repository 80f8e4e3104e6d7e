/** `expeditor watch`: one channel, live in the terminal, with its age; a plain print at each change where there is none. */
import { Command, Option } from 'commander';
import type { Client, Replica } from '../../client/index.js';
import { channelName } from '../../protocol/channels.js';
import { VIEW_NAMES, type ViewName } from '../../protocol/messages.js';
import { connectThrough, forOperator, runningHubDoor } from './hub-door.js';
import { boardLines } from './watch/board.js';
import { statusLine } from './watch/status-line.js';
import { fitInto, terminalSize } from './watch/terminal-size.js';

interface Options {
  readonly view: ViewName;
  readonly station?: string;
  readonly url: string;
  readonly token?: string;
  readonly data?: string;
  readonly branch: string;
  readonly once?: true;
}

/** Ages and "last heard" move on by themselves this often, in milliseconds. */
const REDRAW_MS = 1_000;
/** Changes within this time are drawn together, in milliseconds. */
const GATHER_MS = 50;
/** The status line, the blank one below it, and the one that the cursor stands in. */
const STATUS_ROWS = 3;
const WIDTH_WITHOUT_TERMINAL = 160;
const CLEAR = '\u001B[H\u001B[J';

export function watchCommand(): Command {
  return new Command('watch')
    .description('show a channel live in the terminal')
    .addOption(new Option('--view <VIEW>', 'what to show').choices(VIEW_NAMES).default('kitchen'))
    .option('--station <ID>', 'one station of the kitchen')
    .option('--url <URL>', 'the hub', 'ws://127.0.0.1:8080/ws')
    .option('--token <TOKEN>', 'a token that may see the view')
    .option('--data <DIR>', 'instead of a token: the data directory of the hub')
    .option('--branch <ID>', 'the branch', 'main')
    .option('--once', 'print the board once, and end')
    .action(watch);
}

async function watch(options: Options): Promise<void> {
  const { view, station, url, token, data, branch } = options;
  const door = runningHubDoor({
    url,
    branch,
    ...(token === undefined ? {} : { token }),
    ...(data === undefined ? {} : { data }),
  });
  // The least that may see the view.
  const role = view === 'kitchen' || view === 'board' || view === 'menu' ? 'kitchen' : 'manager';
  const client = await connectThrough(door, { role, device: 'watch' });
  const replica = client.subscribe(
    channelName({ branchId: branch, view, ...(station === undefined ? {} : { station }) }),
  );
  try {
    await replica.ready;
    if (options.once === true) print(client, replica, view);
    else await follow(client, replica, view);
  } catch (error) {
    throw forOperator('watch', error);
  } finally {
    client.close();
  }
}

/** Until the hub refuses the client for good, or Ctrl-C. */
async function follow(client: Client, replica: Replica, view: ViewName): Promise<void> {
  const live = process.stdout.isTTY;
  let due: NodeJS.Timeout | undefined;
  const draw = (): void => {
    due = undefined;
    print(client, replica, view);
  };
  replica.onChange(() => {
    due ??= setTimeout(draw, GATHER_MS);
  });
  const redraw = live ? setInterval(draw, REDRAW_MS) : undefined;
  draw();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    client.onState((state) => {
      if (state.kind === 'refused') resolve();
      else due ??= setTimeout(draw, GATHER_MS);
    });
  });
  clearInterval(redraw);
  clearTimeout(due);
  draw();
}

function print(client: Client, replica: Replica, view: ViewName): void {
  const { stdout } = process;
  const live = stdout.isTTY;
  const size = terminalSize(stdout);
  const width = live ? size.columns : WIDTH_WITHOUT_TERMINAL;
  const status = statusLine({
    channel: replica.channel,
    state: replica.state,
    client: client.state,
    silentMs: client.silentMs,
  });
  const board = boardLines(replica.tables, { view, now: client.serverNow(), width });
  const shown = live ? fitInto(board, size.rows - STATUS_ROWS) : board;
  stdout.write(`${live ? CLEAR : ''}${[status, '', ...shown].join('\n')}\n`);
}
