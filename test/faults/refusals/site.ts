/** A hub on a disk that refuses, then the same directory on a disk that is well; and tills that go on from the one to the other. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectClient, type Client } from '../../../src/client/client.js';
import { nodeSocket } from '../../../src/client/connection/node-socket.js';
import { CommandRefused } from '../../../src/client/requests/errors.js';
import { freePort, HubProcess } from '../../support/hub-process.js';
import type { Till } from '../recording/command-book.js';

/** What a command may be refused with by a hub whose disk refuses: each may be tried again. */
const CODES: ReadonlySet<string> = new Set([
  ...['storage_unavailable', 'overloaded', 'draining', 'idempotency_in_progress', 'rate_limited'],
]);
/** The hub closes a link that it owes an answer for 10 s. */
const ANSWER_MS = 20_000;
const STOP_MS = 30_000;
const PAUSE_MS = 40;
const CALLS = 'fsync,fdatasync,pwrite64';
/** Nothing is archived by the hub itself: the directory's past is younger. */
const FLAGS = ['--demo', '--archive-after-hours', '240'];

export interface SiteOptions {
  readonly root: string;
  readonly directory: string;
  /** strace's `inject`. */
  readonly inject: string;
  /** The disk is well again once it has refused; else it goes on until the hub is stopped. */
  readonly isPassing: boolean;
  /** A hub with a planted bug. */
  readonly program?: string;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The result, or `late`. */
function within<Result>(work: Promise<Result>, milliseconds: number): Promise<Result | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'late' as const);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

export class Site {
  /** In words: what a till was told or left with that it must not be. */
  readonly findings: string[] = [];
  /** How often a command was refused, or had no answer when its link was closed. */
  refusals = 0;
  readonly #options: SiteOptions;
  readonly #clients: Client[] = [];
  #hub: HubProcess | null = null;
  #tracer: ChildProcess | null = null;
  #tokens = { manager: '', admin: '' };
  /** Of hubs; the second one's disk is well. */
  #turn = 0;
  /** Requests that are under way. */
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: SiteOptions) {
    this.#options = options;
  }

  get hub(): HubProcess {
    if (this.#hub === null) throw new Error('there is no hub');
    return this.#hub;
  }

  get adminToken(): string {
    return this.#tokens.admin;
  }

  get turn(): number {
    return this.#turn;
  }

  /** What the kernel refused so far. */
  get injected(): number {
    const { root } = this.#options;
    const trace = join(root, 'trace');
    return existsSync(trace) ? readFileSync(trace, 'latin1').split('(INJECTED)').length - 1 : 0;
  }

  /** The disk refuses from when the hub is ready: counted are the calls of one that serves. */
  async open(): Promise<void> {
    const { root, inject, program } = this.#options;
    // What goes through io_uring would not be refused.
    const under = ['env', 'UV_USE_IO_URING=0'];
    const flags = program === undefined ? FLAGS : ['--demo'];
    this.#hub = await this.#start({ under, flags, ...(program !== undefined && { program }) });
    this.#tokens = {
      manager: this.hub.token({ role: 'manager' }),
      admin: this.hub.token({ role: 'admin' }),
    };
    const traced = ['-e', `trace=${CALLS}`, '-e', inject, '-p', String(this.hub.pid)];
    this.#tracer = spawn('strace', ['-f', '-y', '-o', join(root, 'trace'), ...traced], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await attached(this.#tracer);
  }

  /** Takes the fault away and starts the hub anew. Whoever waits goes on. */
  async openAgain(): Promise<void> {
    await this.close();
    this.#hub = await this.#start({ flags: FLAGS });
    this.#turn = 1;
    for (const go of this.#waiting.splice(0)) go();
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    const hub = this.#hub;
    if (hub === null) return;
    this.#hub = null;
    if ((await within(hub.stop(), STOP_MS)) === 'late') {
      this.findings.push('the hub did not stop');
      await hub.kill();
    }
    if (/^ {4}at /m.test(hub.output)) this.findings.push(`it printed a stack: ${hub.output}`);
    this.#heal();
  }

  /** Runs all to their ends: through the hub that fails and, where they wait for it, the next one. */
  async work(flows: readonly (() => Promise<void>)[]): Promise<void> {
    const done = Promise.all(flows.map((flow) => this.#flow(flow)));
    for (let isDone = false; !isDone;) {
      isDone = (await within(done, PAUSE_MS)) !== 'late';
      this.#healWhereItPassed();
      if (this.#turn === 0 && this.#waiting.length > 0 && this.#busy === 0) await this.openAgain();
    }
  }

  till(): Till {
    let turn = -1;
    let client: Client | null = null;
    const current = (): Client => {
      if (client === null || turn !== this.#turn) {
        const { url } = this.hub;
        const parts = { url, token: this.#tokens.manager, socket: nodeSocket };
        client = connectClient({ ...parts, encoding: 'json', random: () => 0.1 });
        this.#clients.push(client);
        turn = this.#turn;
      }
      return client;
    };
    return {
      command: (name, payload, options) =>
        this.#ask(name, current, (from) => from.command(name, payload, { ...options, retryMs: 0 })),
      query: (name, ...rest) => this.#ask(name, current, (from) => from.query(name, ...rest)),
    };
  }

  /** Whoever asks a hub asks so: where all wait, and none asks, the hub is started anew. */
  async asking<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Waits for a disk that may be well again. */
  async again(): Promise<void> {
    this.refusals += 1;
    if (this.#turn === 1 || this.#options.isPassing) return pause(PAUSE_MS);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async #ask<Answer>(
    name: string,
    current: () => Client,
    give: (client: Client) => Promise<Answer>,
  ): Promise<Answer> {
    for (;;) {
      const client = current();
      const turn = this.#turn;
      const link = lost(client);
      const answer = give(client);
      answer.catch(() => undefined);
      try {
        const first = await this.asking(() =>
          within(Promise.race([answer, link.whenLost]), ANSWER_MS),
        );
        if (first === 'late') this.findings.push(`${name}: no answer and an open link`);
        else if (first !== 'lost') return first;
      } catch (error) {
        this.#judge(name, error, turn);
      } finally {
        link.stop();
      }
      await this.again();
    }
  }

  /** Throws what ends the work of a till. */
  #judge(name: string, error: unknown, turn: number): void {
    if (turn !== this.#turn || !(error instanceof CommandRefused)) {
      if (turn === this.#turn) throw error;
      return;
    }
    const { code, retryable } = error;
    if (!CODES.has(code) || !retryable) throw new Error(`${name} was refused: ${error.message}`);
  }

  async #flow(flow: () => Promise<void>): Promise<void> {
    try {
      await flow();
    } catch (error) {
      this.findings.push(error instanceof Error ? error.message : String(error));
    }
  }

  #healWhereItPassed(): void {
    if (this.#options.isPassing && this.injected > 0) this.#heal();
  }

  /** The kernel lets go of the hub, which runs on. */
  #heal(): void {
    this.#tracer?.kill('SIGTERM');
    this.#tracer = null;
  }

  async #start(options: {
    readonly flags: readonly string[];
    readonly under?: readonly string[];
    readonly program?: string;
  }): Promise<HubProcess> {
    const { directory } = this.#options;
    return HubProcess.start({ directory, port: await freePort(), ...options });
  }
}

interface Link {
  readonly whenLost: Promise<'lost'>;
  readonly stop: () => void;
}

/** Tells when a link that was there is not there any more. */
function lost(client: Client): Link {
  let stop = (): void => undefined;
  const whenLost = new Promise<'lost'>((resolve) => {
    stop = client.onState(({ kind }) => {
      if (kind === 'offline' || kind === 'refused') resolve('lost');
    });
  });
  return { whenLost, stop };
}

/** Every thread of the hub is traced. */
function attached(tracer: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    tracer.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('attached')) resolve();
    });
    tracer.once('exit', () => {
      reject(new Error(`strace does not attach: ${said}`));
    });
  });
}
