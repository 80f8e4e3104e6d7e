import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, readEnvFile, type ConfigSources } from '../../src/server/config.js';

function read(sources: Partial<ConfigSources>) {
  return readConfig({ flags: {}, environment: {}, envFile: {}, ...sources });
}

describe('settings', () => {
  it('O-CFG-1 a flag wins over the environment, that over .env, that over the default', () => {
    const envFile = { EXPEDITOR_PORT: '3', EXPEDITOR_HOST: 'c', EXPEDITOR_DATA: 'd' };
    const environment = { EXPEDITOR_PORT: '2', EXPEDITOR_HOST: 'b' };
    const { config } = read({ flags: { port: '1' }, environment, envFile });
    expect(config).toMatchObject({ port: 1, host: 'b', data: 'd', heartbeatMs: 5_000 });
    expect(read({}).config).toMatchObject({ host: '127.0.0.1', port: 8080, durability: 'full' });
  });

  it('O-CFG-1 a .env file is read where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'expeditor-env-'));
    const path = join(folder, '.env');
    expect(readEnvFile(path)).toEqual({});
    writeFileSync(path, '# ours\nEXPEDITOR_PORT=9000\nEXPEDITOR_DEMO="yes"\n');
    expect(read({ envFile: readEnvFile(path) }).config).toMatchObject({ port: 9000, demo: true });
    rmSync(folder, { recursive: true });
  });

  it.each([
    [{ flags: { port: '70000' } }, '--port: "70000" will not do; it must be a whole number'],
    [
      { environment: { EXPEDITOR_STORE: 'x' } },
      'EXPEDITOR_STORE: "x" will not do; it must be sqli',
    ],
    [{ envFile: { EXPEDITOR_DEMO: 'oui' } }, 'EXPEDITOR_DEMO in .env: "oui" will not do'],
    [{ flags: { heartbeatMs: '11000' } }, '--heartbeat-ms: "11000" will not do'],
    [{ flags: { allowedOrigins: 'https://a.b/path' } }, '"https://a.b/path" is none'],
    [{ flags: { data: ' ' } }, '--data: " " will not do; it must be given'],
  ] satisfies [Partial<ConfigSources>, string][])(
    'O-CFG-2 a value that will not do is named with how to mend it (%#)',
    (sources, line) => {
      expect(() => read(sources)).toThrow(line);
      expect(() => read(sources)).not.toThrow('\n');
    },
  );

  it('O-CFG-3 settings that contradict each other are refused', () => {
    const sources = { flags: { store: 'memory', durability: 'full' } };
    expect(() => read(sources)).toThrow('--durability: the memory store keeps nothing');
    expect(read({ flags: { store: 'memory' } }).config.store).toBe('memory');
  });

  it('O-CFG-4 a variable of ours that names no setting is reported', () => {
    const environment = { EXPEDITOR_PROT: '1', EXPEDITOR_PORT: '1', HOME: '/' };
    expect(read({ environment }).unknownVariables).toEqual(['EXPEDITOR_PROT']);
  });

  it('reads a list of origins', () => {
    const text = 'https://till.example, http://localhost:5173';
    expect(read({ flags: { allowedOrigins: text } }).config.allowedOrigins).toEqual([
      'https://till.example',
      'http://localhost:5173',
    ]);
  });
});
