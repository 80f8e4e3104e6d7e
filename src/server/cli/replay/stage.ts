/** The hub that a replay plays on: one of its own, whose clock it sets, or one that runs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettableClock } from '../../../base/clock.js';
import { startServer } from '../../compose.js';
import type { RunningServer } from '../../running-server.js';
import { readConfig } from '../../config.js';
import { runningHubDoor, signingDoor, type HubDoor } from '../hub-door.js';

export interface StageOptions {
  readonly branch: string;
  /** Of a running hub; absent: a hub is started. */
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  /** Where compiled worker scripts are; default: beside the program's own files. */
  readonly workerDirectory?: URL;
}

export interface Stage {
  readonly door: HubDoor;
  /** The clock of the hub that was started; null: it runs by its own. */
  readonly clock: SettableClock | null;
  /** In words, for the output. */
  readonly description: string;
  close(): Promise<void>;
}

export interface OwnStage extends Stage {
  readonly clock: SettableClock;
  readonly server: RunningServer;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { branch, url, token, data, workerDirectory } = options;
  if (url !== undefined) {
    return {
      door: runningHubDoor({
        url,
        branch,
        ...(token === undefined ? {} : { token }),
        ...(data === undefined ? {} : { data }),
      }),
      clock: null,
      description: `the hub at ${url}`,
      close: () => Promise.resolve(),
    };
  }
  return openOwnStage({
    branch,
    ...(data === undefined ? {} : { data }),
    ...(workerDirectory === undefined ? {} : { workerDirectory }),
  });
}

/** Starts a hub in this process, whose clock whoever plays on it sets. */
export async function openOwnStage(
  options: Omit<StageOptions, 'url' | 'token'>,
): Promise<OwnStage> {
  const { branch, data, workerDirectory } = options;
  const directory = data ?? mkdtempSync(join(tmpdir(), 'expeditor-replay-'));
  const clock = new SettableClock(0);
  const { config } = readConfig({
    flags: { data: directory, host: '127.0.0.1', port: '0', logLevel: 'warn' },
    environment: {},
    envFile: {},
  });
  const server = await startServer(config, {
    clock,
    rollover: false,
    ...(workerDirectory === undefined ? {} : { workerDirectory }),
  });
  const socketUrl = `${server.url.replace('http', 'ws')}/ws`;
  return {
    door: signingDoor(server.tokens, socketUrl, branch),
    clock,
    server,
    description: `a hub of its own, data: ${directory}`,
    close: () => server.close(),
  };
}
