/** One side of the comparison as the bench sees it: a process of its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Side } from './broadcaster.js';
import type { Phase, PhaseReport } from './pace.js';
import type { FromServer } from './server.js';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));

export interface FanProcessOptions {
  readonly side: Side;
  readonly directory: string;
  /** Where it writes a CPU profile at its end; null: none. */
  readonly profileDirectory: string | null;
}

export class FanProcess {
  readonly #child: ChildProcess;
  readonly #side: Side;
  port = 0;

  private constructor(child: ChildProcess, side: Side) {
    this.#child = child;
    this.#side = side;
  }

  static async start({
    side,
    directory,
    profileDirectory,
  }: FanProcessOptions): Promise<FanProcess> {
    const execArgv =
      profileDirectory === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDirectory];
    const started = new FanProcess(fork(SERVER, [side, directory], { execArgv }), side);
    const { port } = await started.#hear('open');
    started.port = port;
    return started;
  }

  async run(phase: Phase): Promise<PhaseReport> {
    const done = this.#hear('done');
    this.#child.send(phase);
    return done;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  #hear<Type extends FromServer['type']>(
    type: Type,
  ): Promise<Extract<FromServer, { readonly type: Type }>> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#child.off('message', listen).off('exit', ended);
      };
      const listen = (message: FromServer): void => {
        if (message.type !== type) return;
        settle();
        resolve(message as Extract<FromServer, { readonly type: Type }>);
      };
      const ended = (code: number | null): void => {
        settle();
        reject(new Error(`${this.#side} ended (${String(code)})`));
      };
      this.#child.on('message', listen).on('exit', ended);
    });
  }
}
