/** Shows how far a replay is: a bar on a terminal, a line a day elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import type { Writable } from 'node:stream';

export interface Progress {
  /** So many more are done. */
  add(count: number): void;
  /** One line that stays. */
  line(text: string): void;
  stop(): void;
}

export type Output = Writable & { readonly isTTY?: boolean };

/** `unit` is what is counted, in words. */
export function openProgress(output: Output, total: number, unit = 'orders'): Progress {
  if (output.isTTY !== true) {
    return {
      add() {},
      line: (text) => void output.write(`${text}\n`),
      stop() {},
    };
  }
  const format = `{bar} {value}/{total} ${unit}  {eta_formatted} left  {day}`;
  const bar = new SingleBar({ format, stream: output, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0, { day: '' });
  return {
    add: (count) => {
      bar.increment(count);
    },
    line: (text) => {
      bar.update({ day: text });
    },
    stop: () => {
      bar.stop();
    },
  };
}
