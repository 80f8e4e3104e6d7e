/** A real hub as a process of its own, from dist/, on a loopback port, with the probe inside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CpuClock, residentBytes } from '../measure/process-figures.js';
import type { ProbeOrder, ProbeReport } from './probe.js';

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const ONE_COMMIT_HUB = fileURLToPath(new URL('one-commit-hub.js', import.meta.url));
const PROBE = new URL('probe.js', import.meta.url).href;
const PROFILE_WORKERS = new URL('profile-workers.js', import.meta.url).href;

const START_WAIT_MS = 30_000;
const STOP_WAIT_MS = 15_000;
const POLL_MS = 5;
const SAMPLE_MS = 250;

export interface HubOptions {
  readonly directory: string;
  /** Flags of `expeditor serve` beyond those that every measured hub has. */
  readonly flags?: readonly string[];
  /** The variant without group commit; it takes no flags. */
  readonly oneCommit?: boolean;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** A command that the hub runs under: strace and its arguments. */
  readonly under?: readonly string[];
  /** Where each thread of the hub writes a CPU profile at its end, unless it is killed. */
  readonly profileDirectory?: string | null;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class HubProcess {
  readonly port: number;
  readonly directory: string;
  readonly #child: ChildProcess;
  /** Of the hub itself, also where it runs under another command. */
  #pid = 0;
  #output = '';
  /** From the spawning to the first time that it said to be ready. */
  readyAfterMs = NaN;

  private constructor(port: number, options: HubOptions) {
    const { directory, flags = [], nodeFlags = [], under = [], profileDirectory = null } = options;
    this.port = port;
    this.directory = directory;
    const profile =
      profileDirectory === null
        ? []
        : ['--cpu-prof', '--cpu-prof-dir', profileDirectory, '--import', PROFILE_WORKERS];
    const program =
      options.oneCommit === true
        ? [ONE_COMMIT_HUB, directory, String(port)]
        : [
            MAIN,
            'serve',
            '--demo',
            '--data',
            directory,
            '--port',
            String(port),
            '--log-level',
            'warn',
          ];
    const node = [
      process.execPath,
      ...profile,
      ...nodeFlags,
      '--import',
      PROBE,
      ...program,
      ...flags,
    ];
    const [command = process.execPath, ...rest] = [...under, ...node];
    this.#child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  /** Resolves when the hub is ready. */
  static async start(options: HubOptions): Promise<HubProcess> {
    const port = await freePort();
    const from = performance.now();
    const hub = new HubProcess(port, options);
    const deadline = Date.now() + START_WAIT_MS;
    while (!(await hub.isReady())) {
      if (hub.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the hub did not start:\n${hub.#output}`);
      }
      await pause(POLL_MS);
    }
    hub.readyAfterMs = performance.now() - from;
    hub.#pid = await hub.#askPid();
    return hub;
  }

  get pid(): number {
    return this.#pid;
  }

  get url(): string {
    return `ws://127.0.0.1:${String(this.port)}/ws`;
  }

  /** Everything that it printed. */
  get output(): string {
    return this.#output;
  }

  async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${String(this.port)}/readyz`);
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  cpu(): CpuClock {
    return new CpuClock(this.#pid);
  }

  residentBytes(): number {
    return residentBytes(this.#pid);
  }

  /** The hub's own figures, by the name that /metrics gives them. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`http://127.0.0.1:${String(this.port)}/metrics`);
    const lines = (await response.text()).split('\n').filter((line) => /^[a-z]/.test(line));
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  }

  startProbe(everyMs = SAMPLE_MS): void {
    this.#order({ type: 'probe.start', everyMs });
  }

  /** `collect` needs the Node flag --expose-gc. */
  async stopProbe(collect = false): Promise<ProbeReport> {
    this.#order({ type: 'probe.stop', collect });
    const { report } = await this.#hear<{ report: ProbeReport }>('probe.report');
    return report;
  }

  /** SIGTERM; resolves when it has ended. A profile is written then. */
  async stop(): Promise<void> {
    if (this.#hasEnded()) return;
    const timer = setTimeout(() => this.kill(), STOP_WAIT_MS);
    process.kill(this.#pid, 'SIGTERM');
    await once(this.#child, 'exit');
    clearTimeout(timer);
  }

  /** SIGKILL; resolves when it has ended. */
  async crash(): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = once(this.#child, 'exit');
    this.kill();
    await ended;
  }

  kill(): void {
    if (this.#hasEnded()) return;
    if (this.#pid !== 0 && this.#pid !== this.#child.pid) process.kill(this.#pid, 'SIGKILL');
    this.#child.kill('SIGKILL');
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #order(order: ProbeOrder): void {
    this.#child.send(order);
  }

  async #askPid(): Promise<number> {
    this.#order({ type: 'probe.pid' });
    return (await this.#hear<{ pid: number }>('probe.pid')).pid;
  }

  #hear<Message>(type: string): Promise<Message> {
    return new Promise((resolve) => {
      const listen = (message: { readonly type: string }): void => {
        if (message.type !== type) return;
        this.#child.off('message', listen);
        resolve(message as Message);
      };
      this.#child.on('message', listen);
    });
  }
}
