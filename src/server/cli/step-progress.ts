/** Shows how far a long command is, step by step: a bar a step on a terminal, elsewhere a line every few seconds. */
import { Presets, SingleBar } from 'cli-progress';
import type { Writable } from 'node:stream';
import { systemTimers, type Timers } from '../../base/clock.js';

export type ProgressOutput = Writable & { readonly isTTY?: boolean };

export interface StepProgress {
  /** `done` of `total` of the step that is named; a new name begins a new step. */
  at(step: string, done: number, total: number): void;
  /** Leaves the cursor on a line of its own. */
  stop(): void;
}

/** Where nobody watches, a short run says nothing. */
const LINE_EVERY_MS = 5_000;
const FORMAT = '{bar} {step} {value}/{total}, {eta_formatted} left';

/** Give standard error, so that standard output keeps the result alone. */
export function openSteps(
  output: ProgressOutput,
  timers: Pick<Timers, 'monotonicMs'> = systemTimers,
): StepProgress {
  return output.isTTY === true ? new Bars(output) : new Lines(output, timers);
}

class Bars implements StepProgress {
  readonly #output: ProgressOutput;
  #bar: SingleBar | null = null;
  #step = '';

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  at(step: string, done: number, total: number): void {
    if (this.#bar === null || step !== this.#step) {
      this.stop();
      const options = { format: FORMAT, stream: this.#output, hideCursor: true };
      this.#bar = new SingleBar(options, Presets.shades_classic);
      this.#bar.start(total, done, { step });
      this.#step = step;
      return;
    }
    this.#bar.setTotal(total);
    this.#bar.update(done);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

class Lines implements StepProgress {
  readonly #output: ProgressOutput;
  readonly #timers: Pick<Timers, 'monotonicMs'>;
  #step = '';
  #stepBegan = 0;
  #doneAtBegin = 0;
  #saidAt: number;

  constructor(output: ProgressOutput, timers: Pick<Timers, 'monotonicMs'>) {
    this.#output = output;
    this.#timers = timers;
    this.#saidAt = timers.monotonicMs();
  }

  at(step: string, done: number, total: number): void {
    const now = this.#timers.monotonicMs();
    if (step !== this.#step) {
      this.#step = step;
      this.#stepBegan = now;
      this.#doneAtBegin = done;
    }
    if (now - this.#saidAt < LINE_EVERY_MS) return;
    this.#saidAt = now;
    const rate = (done - this.#doneAtBegin) / (now - this.#stepBegan);
    const left = rate > 0 ? `, ${String(Math.ceil((total - done) / rate / 1000))} s left` : '';
    this.#output.write(`${step} ${String(done)}/${String(total)}${left}\n`);
  }

  stop(): void {}
}
