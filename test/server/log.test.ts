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

  it('CARD-11 fields with secrets are hidden at any depth, codes of errors are not', () => {
    const { lines, log } = listening();
    const secrets = {
      pin: '7391',
      password: 'sesame',
      refresh_token: 'r-1',
      pairing_code: 'K7QM2XPA',
    };
    log.info(
      { a: { b: { c: [{ d: secrets }] } }, code: 'K7QM-2XPA', 'set-cookie': ['s=1'] },
      'one',
    );
    log.info({ err: { code: 'ENOENT' }, code: 4401, refusal: { code: 'not_found' } }, 'two');
    log.info({ body: '{"pin":"7391","x":1}' }, 'ert1.c2Vzc2lvbg.c2Vj-cmV0.bWFj_ is spent');
    expect(lines.join('')).not.toMatch(/7391|sesame|r-1|K7QM|s=1|ert1|bWFj/);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      err: { code: 'ENOENT' },
      code: 4401,
      refusal: { code: 'not_found' },
    });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ body: '{"pin":"[hidden]","x":1}' });
  });

  it('CARD-11 card data is taken out wherever in an entry it stands, and the line stays JSON', () => {
    const { lines, log } = listening();
    const track = ';1234567890123456=26121011234567890?';
    log.info(
      { note: 'x 4111 1111 1111 1111', 'k 4111111111111111': 1, deep: { cvv: '123' } },
      track,
    );
    log.info({ number: 4_111_111_111_111_111, list: [{ card_number: 'abc' }] }, 'cvv: 123');
    log.info({ note: '4111\t1111\t1111\t1111' }, 'with tabs');
    log.error({ err: new Error('bad card 5555-5555-5555-4444') }, 'failed');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.join('')).not.toMatch(/4111|5555|4444|123|abc/);
    expect(entries[0]).toMatchObject({ note: 'x [card]', 'k [card]': 1, deep: { cvv: '[card]' } });
    expect(entries[1]).toMatchObject({ number: '[card]', msg: 'cvv: [card]' });
  });

  it('CARD-11 other numbers, times and ids survive', () => {
    const { lines, log } = listening();
    const entry = {
      order: 'order:41111111-1111-4111-8111-1bcdefabcdef',
      key: 'till4-1732190000000-72',
      at: 1_732_190_000_000,
      ms: 4.111111111111111,
      hash: '4111111111111111'.padEnd(64, 'a'),
      bytes: [4_111, 11_111, 1_111_111],
    };
    log.info(entry, 'all is well');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ...entry, msg: 'all is well' });
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
