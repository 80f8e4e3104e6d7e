import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withCorrelation } from '../../src/hub/correlation.js';
import { createLog } from '../../src/server/log.js';

function listening(pretty = false) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLog({ level: 'info', pretty, destination }) };
}

describe('the log', () => {
  it('O-LOG-2 a correlation id follows what it began through every await, and no further', async () => {
    const { lines, log } = listening();
    const handle = async (name: string) => {
      await setImmediate();
      log.info({}, name);
    };
    await Promise.all([withCorrelation('c1.1', () => handle('a')), handle('b')]);
    const entries = lines.map(
      (line) => JSON.parse(line) as { msg: string; correlationId?: string },
    );
    expect(entries.map(({ msg, correlationId }) => [msg, correlationId]).sort()).toEqual([
      ['a', 'c1.1'],
      ['b', undefined],
    ]);
  });

  it('O-LOG-3 tokens and secrets are hidden, wherever in an entry they stand', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbXkifQ.c2lnbmF0dXJl';
    const { lines, log } = listening();
    log.info({ token, hello: { token }, headers: { deep: { authorization: 'Basic x' } } }, 'one');
    log.error({ err: new Error(`cannot read ${token}`) }, `said ${token}`);
    const all = lines.join('');
    expect(all).not.toContain('eyJ');
    expect(all).not.toContain('Basic x');
    expect(all.match(/\[hidden\]/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('shows readable lines on a terminal', () => {
    const { lines, log } = listening(true);
    log.warn({ port: 1 }, 'mind the gap');
    log.debug({}, 'not at this level');
    expect(lines.join('')).toContain('mind the gap');
    expect(lines.join('')).not.toContain('"level"');
    expect(lines.join('')).not.toContain('not at this level');
  });
});
