/** A hub inside this process, with a manager's client: quicker to start than one of its own. */
import { silentLog } from '#dist/base/log.js';
import { startServer, type Overrides } from '#dist/server/compose.js';
import { readConfig } from '#dist/server/config.js';
import type { RunningServer } from '#dist/server/running-server.js';
import { connectClient, type Client } from '../../../src/client/client.js';
import { nodeSocket } from '../../../src/client/connection/node-socket.js';

export const BRANCH = 'main';

const MANAGER = {
  id: 'manager',
  name: 'manager',
  role: 'manager',
  branch_id: BRANCH,
  device_id: 'till-again',
} as const;
const TOKEN_SECONDS = 3_600;

/** Ends the hub in good order when `run` is over. */
export async function withHubHere(
  directory: string,
  run: (manager: Client) => Promise<void>,
  overrides: Overrides = {},
): Promise<void> {
  const flags = { data: directory, port: '0', demo: 'yes', commandsPerMinute: '1000000' };
  const { config } = readConfig({ flags, environment: {}, envFile: {} });
  const server = await startServer(config, { log: silentLog, ...overrides });
  try {
    const manager = await connect(server);
    try {
      await run(manager);
    } finally {
      manager.close();
    }
  } finally {
    await server.close();
  }
}

async function connect(server: RunningServer): Promise<Client> {
  return connectClient({
    url: `${server.url.replace('http', 'ws')}/ws`,
    token: await server.tokens.sign(MANAGER, TOKEN_SECONDS),
    socket: nodeSocket,
  });
}
