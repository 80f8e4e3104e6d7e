/** A real hub as a process of its own, as an operator starts it: from dist/ (`npm run build`), on a directory of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { connectClient, type Client } from '../../src/client/client.js';
import { nodeSocket } from '../../src/client/connection/node-socket.js';
import type { OpenSocket } from '../../src/client/connection/socket.js';
import type { Role } from '../../src/domain/rows.js';
import type { Encoding } from '../../src/protocol/messages.js';

/** From dist/, wherever this file itself was compiled to. */
export const MAIN = createRequire(import.meta.url).resolve('#dist/server/main.js');

const START_WAIT_MS = 30_000;
const POLL_MS = 25;

export interface HubProcessOptions {
  readonly directory: string;
  readonly port: number;
  readonly flags?: readonly string[];
  /** A command that the hub runs under: strace and its arguments. */
  readonly under?: readonly string[];
  /** The script in place of the hub's own: a hub with a planted bug. */
  readonly program?: string;
}

export interface ProcessClientOptions {
  readonly role: Role;
  readonly branch?: string;
  readonly encoding?: Encoding;
  readonly device?: string;
  /** Default: `nodeSocket`. */
  readonly socket?: OpenSocket;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class HubProcess {
  readonly #options: HubProcessOptions;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(options: HubProcessOptions) {
    this.#options = options;
    const { directory, port, flags = [], under = [], program = MAIN } = options;
    const serve = [
      program,
      'serve',
      '--data',
      directory,
      '--port',
      String(port),
      '--log-level',
      'warn',
      ...flags,
    ];
    const [command = process.execPath, ...rest] = [...under, process.execPath, ...serve];
    this.#child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  /** Resolves when the hub is ready. */
  static async start(options: HubProcessOptions): Promise<HubProcess> {
    const hub = new HubProcess(options);
    const deadline = Date.now() + START_WAIT_MS;
    while (!(await hub.isReady())) {
      if (hub.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the hub did not start:\n${hub.#output}`);
      }
      await pause(POLL_MS);
    }
    return hub;
  }

  get url(): string {
    return `ws://127.0.0.1:${String(this.#options.port)}/ws`;
  }

  get port(): number {
    return this.#options.port;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything that it printed. */
  get output(): string {
    return this.#output;
  }

  async isReady(): Promise<boolean> {
    return (await this.get('/readyz')) === 200;
  }

  /** The HTTP status; 0: nobody answers. */
  async get(path: string): Promise<number> {
    try {
      const response = await fetch(`http://127.0.0.1:${String(this.#options.port)}${path}`);
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  /** The body of the answer, of whatever status. */
  async text(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${String(this.#options.port)}${path}`);
    return response.text();
  }

  token({ role, branch = 'main', device }: ProcessClientOptions): string {
    const { directory } = this.#options;
    const flags = ['--data', directory, '--branch', branch, '--role', role];
    const named = device === undefined ? [] : ['--device', device];
    return execFileSync(process.execPath, [MAIN, 'token', ...flags, ...named], {
      encoding: 'utf8',
    }).trim();
  }

  client(options: ProcessClientOptions): Client {
    return connectClient({
      url: this.url,
      token: this.token(options),
      socket: options.socket ?? nodeSocket,
      // Small, so that clients of a hub that is started again are back soon.
      random: () => 0.1,
      ...(options.encoding !== undefined && { encoding: options.encoding }),
    });
  }

  /** Resolves when it is over, however that came. */
  ended(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => {
        resolve();
      });
    });
  }

  /** kill -9, by pid. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  /** An orderly stop; resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return Promise.resolve(this.#child.exitCode);
    }
    return new Promise((resolve) => {
      this.#child.once('exit', (code) => {
        resolve(code);
      });
      this.#child.kill(signal);
    });
  }
}

/** Runs a command of the command line to its end. */
export function runCommand(args: readonly string[]): {
  readonly code: number;
  readonly output: string;
} {
  try {
    const output = execFileSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { code: 0, output };
  } catch (error) {
    const { status, stdout, stderr } = error as {
      status: number | null;
      stdout: string;
      stderr: string;
    };
    return { code: status ?? -1, output: stdout + stderr };
  }
}

/** As `runCommand`, beside the test. */
export function startCommand(
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code: code ?? -1, output });
    });
  });
}
