/** A bug that nobody caught, in a process of its own, from dist/ (`npm run build`). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ingest } from '../server/ingest.js';

let ingest: Ingest;
beforeEach(async () => {
  ingest = await Ingest.start();
});
afterEach(() => ingest.close());

/** Ends by a bug as `serve` does; gives the exit code and what was printed. */
async function endByBug(dsn: string): Promise<{ code: unknown; output: string }> {
  const server = new URL('../../dist/server/', import.meta.url);
  const clock = new URL('../../dist/base/clock.js', import.meta.url);
  const program = `
    const { exitOnBugs } = await import('${server.href}lifetime.js');
    const { sentryTracker, trackedLog } = await import('${server.href}error-tracking.js');
    const { systemTimers } = await import('${clock.href}');
    const tracker = await sentryTracker('${dsn}', systemTimers);
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const log = trackedLog({ log: silent, tracker, version: '1.2.3', correlation: () => undefined });
    exitOnBugs({ log, tracker, cut: () => process.stdout.write('cut') });
    setTimeout(() => {}, 60_000);
    Promise.reject(new RangeError('planted'));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output };
}

describe('a bug that nobody caught', () => {
  it('M-ERR-9 cuts every connection at once, is reported, and ends the process with 1', async () => {
    expect(await endByBug(ingest.dsn)).toEqual({ code: 1, output: 'cut' });
    expect(ingest.envelopes).toHaveLength(1);
    expect(ingest.envelopes[0]?.event).toMatchObject({
      exception: { values: [{ type: 'RangeError', value: 'planted' }] },
    });
  });

  it('M-ERR-10 ends the process within 2 s and a little where the endpoint does not answer', async () => {
    ingest.isStuck = true;
    const from = performance.now();
    expect(await endByBug(ingest.dsn)).toEqual({ code: 1, output: 'cut' });
    expect(performance.now() - from).toBeLessThan(20_000);
  });
});
