/** Everything that happened in a run, as one digest: two runs of one seed have the same. */
import { createHash } from 'node:crypto';
import type { VirtualTime } from './virtual-time.js';

export class Trace {
  readonly #time: VirtualTime;
  readonly #hash = createHash('sha256');
  readonly #listener: ((line: string) => void) | null;

  constructor(time: VirtualTime, listener: ((line: string) => void) | null) {
    this.#time = time;
    this.#listener = listener;
  }

  add(line: string, bytes?: Uint8Array): void {
    const dated = `${this.#time.now.toFixed(3)} ${line}\n`;
    this.#hash.update(dated);
    if (bytes !== undefined) this.#hash.update(bytes);
    this.#listener?.(dated);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}
