/** A bar while the suite runs; plain lines where nobody looks at a terminal. */
import { SingleBar } from 'cli-progress';

const STEPS = 1_000;

export class Progress {
  readonly #bar: SingleBar | null;
  readonly #scenarios: number;
  #nth = 0;
  #name = '';

  constructor(scenarios: number) {
    this.#scenarios = scenarios;
    this.#bar = process.stderr.isTTY
      ? new SingleBar({
          format: '{bar} {percentage} % | {duration_formatted} | {scenario} {words}',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
        })
      : null;
    this.#bar?.start(scenarios * STEPS, 0, { scenario: '', words: '' });
  }

  /** The next scenario begins. */
  begin(name: string): void {
    this.#name = name;
    if (this.#bar === null) process.stderr.write(`${name} ...\n`);
    this.at(0, '');
  }

  /** `done` of the present scenario, from 0 to 1. */
  at(done: number, words: string): void {
    const scenario = `${this.#nth + 1}/${this.#scenarios} ${this.#name}`;
    this.#bar?.update(Math.round((this.#nth + done) * STEPS), { scenario, words });
  }

  end(): void {
    this.#nth += 1;
  }

  stop(): void {
    this.#bar?.stop();
  }
}
