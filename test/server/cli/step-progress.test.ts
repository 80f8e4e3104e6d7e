import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openSteps } from '../../../src/server/cli/step-progress.js';

/** A stream that keeps what was written, and a clock that is set by hand. */
function watched(isTTY: boolean) {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  const timers = { now: 0, monotonicMs: () => timers.now };
  const progress = openSteps(output, timers);
  return { output, timers, progress, text: () => String(output.read() ?? '') };
}

describe('progress of a long command', () => {
  it('S-PROOF-1 where there is no terminal it is a line every five seconds, with step, done, total and time left', () => {
    const { timers, progress, text } = watched(false);
    progress.at('file', 0, 1);
    timers.now = 4_000;
    progress.at('events', 0, 1_000);
    timers.now = 4_999;
    progress.at('events', 100, 1_000);
    expect(text()).toBe('');
    timers.now = 6_000;
    progress.at('events', 400, 1_000);
    progress.at('events', 500, 1_000);
    expect(text()).toBe('events 400/1000, 3 s left\n');
    timers.now = 11_000;
    progress.at('rows', 2, 14);
    progress.stop();
    expect(text()).toBe('rows 2/14\n');
  });

  it('S-PROOF-1 on a terminal it is a bar for each step', () => {
    const { progress, text } = watched(true);
    progress.at('events', 0, 200);
    progress.at('events', 200, 200);
    progress.at('rows', 1, 14);
    progress.stop();
    const shown = text();
    expect(shown).toMatch(/░ events 0\/200.*█ events 200\/200/s);
    expect(shown).toContain('rows 1/14');
  });
});
