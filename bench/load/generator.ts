/** A load generator as the bench sees it: a process of its own, so that its work is not done by whoever is measured. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CpuClock } from '../measure/process-figures.js';
import type { Call, Return } from './child.js';
import type { MethodName, Methods } from './methods.js';

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));

export type Params<Name extends MethodName> = Parameters<Methods[Name]>;
export type Value<Name extends MethodName> = Awaited<ReturnType<Methods[Name]>>;

export class Generator {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (returned: Return) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (returned: Return) => {
      this.#waiting.get(returned.id)?.(returned);
      this.#waiting.delete(returned.id);
    });
    child.on('exit', (code) => {
      for (const [id, settle] of this.#waiting) {
        settle({ id, error: `the load generator ended (${String(code)})` });
      }
    });
  }

  static async start(): Promise<Generator> {
    const child = fork(CHILD, { serialization: 'advanced' });
    await once(child, 'spawn');
    return new Generator(child);
  }

  /** Rejects with what went wrong over there. */
  call<Name extends MethodName>(method: Name, ...[params]: Params<Name>): Promise<Value<Name>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (returned) => {
        if ('error' in returned) reject(new Error(`${method}: ${returned.error}`));
        else resolve(returned.value as Value<Name>);
      });
      this.#child.send({ id, method, params } satisfies Call);
    });
  }

  cpu(): CpuClock {
    return new CpuClock(this.#child.pid ?? 0);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
