/** The package as another program imports it: through its own exports, on plain Node. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, HubProcess } from '../support/hub-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'exports-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What a module with this text prints; it may import `expeditor`. */
async function printed(program: string, ...args: string[]): Promise<unknown> {
  const node = ['--input-type=module', '--eval', program, '--', ...args];
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: ROOT });
  return JSON.parse(stdout);
}

it('C-NODE-1 on Node the client connects without being given a socket', async () => {
  const data = join(directory, 'data');
  const hub = await HubProcess.start({ directory: data, port: await freePort() });
  try {
    const program = `
      import { connectClient } from 'expeditor/client';
      const client = connectClient({ url: process.argv[1], token: process.argv[2] });
      const replica = client.subscribe('main/menu');
      await replica.ready;
      console.log(replica.tables.get('station').size);
      client.close();`;
    expect(await printed(program, hub.url, hub.token({ role: 'cashier' }))).toBe(4);
  } finally {
    await hub.stop();
  }
});

it('C-NODE-2 each entrance resolves through the exports, and browsers get the client without ws', async () => {
  const program = `
    const names = ['expeditor', 'expeditor/client', 'expeditor/protocol'];
    const modules = await Promise.all(names.map((name) => import(name)));
    console.log(JSON.stringify([...modules.map((module) => Object.keys(module).length > 0),
      import.meta.resolve('expeditor/client')]));`;
  const [main, client, protocol, url] = (await printed(program)) as unknown[];
  expect([main, client, protocol]).toEqual([true, true, true]);
  expect(url).toMatch(/\/dist\/client\/node\.js$/);
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  expect(Object.keys(exports['./client'] ?? {})).toEqual(['node', 'types', 'default']);
  expect(exports['./client']?.['default']).toBe('./dist/client/index.js');
});
