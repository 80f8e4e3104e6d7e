import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/base/log.js';
import { readConfig, startServer, type Config, type RunningServer } from '../../src/index.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { closeCode, dial, JSON_TEXT } from './door.js';

let folder = '';
let server: RunningServer | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'expeditor-server-'))));
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

function config(more: Partial<Config> = {}): Config {
  const flags = { data: folder, port: '0', store: 'memory' };
  return { ...readConfig({ flags, environment: {}, envFile: {} }).config, ...more };
}

async function start(more: Partial<Config> = {}): Promise<RunningServer> {
  server = await startServer(config(more), { log: silentLog });
  return server;
}

const portOf = ({ url }: RunningServer) => Number(new URL(url).port);

async function hello(running: RunningServer) {
  const socket = await dial(portOf(running), [JSON_TEXT]);
  const principal = { id: 'amy', name: 'Amy', role: 'cashier', branch_id: 'main', device_id: 't1' };
  const token = await running.tokens.sign({ ...principal, role: 'cashier' }, 60);
  socket.send(JSON.stringify({ type: 'hello', id: '1', token }));
  const [text] = (await once(socket, 'message')) as [Buffer];
  return { socket, welcome: JSON.parse(text.toString()) as Record<string, unknown>, principal };
}

describe('the server', () => {
  it('O-HTTP-1 is healthy while it lives and ready while it takes orders', async () => {
    const running = await start();
    const health = await fetch(`${running.url}/healthz`);
    expect(await health.json()).toMatchObject({ status: 'ok', version: '0.1.0' });
    const ready = await fetch(`${running.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    await running.drain();
    const draining = await fetch(`${running.url}/readyz`);
    expect(draining.status).toBe(503);
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
  });

  it('O-HTTP-2 is not ready, with the reason, while the store takes no writes', async () => {
    const nextTick = (run: () => void) => void setImmediate(run);
    const store = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
    const broken = Object.assign(store, {
      onStatus(listener: Parameters<typeof store.onStatus>[0]) {
        listener({ state: 'recovering', reason: 'SQLITE_IOERR_FSYNC' });
        return () => {};
      },
    });
    server = await startServer(config(), { log: silentLog, store: broken });
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'storage_unavailable', reason: 'SQLITE_IOERR_FSYNC' },
    ]);
  });

  it('O-HTTP-3 shows the sizes and counts of hub, store and sockets as metrics', async () => {
    const running = await start();
    await hello(running);
    const response = await fetch(`${running.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('# TYPE expeditor_store_commits_total counter\n');
    expect(text).toContain('expeditor_store_commits_total 1\n');
    expect(text).toContain('# TYPE expeditor_hub_sessions gauge\nexpeditor_hub_sessions 1\n');
    expect(text).toContain('expeditor_socket_connections 1\n');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    const again = await (await fetch(`${running.url}/metrics`)).text();
    expect(again).toContain('expeditor_store_commits_total 1\n');
  });

  it('O-HTTP-4 says in plain words what it is to a person with a browser', async () => {
    const running = await start();
    const page = await fetch(running.url);
    const text = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toContain('<h1>Expeditor</h1>');
    expect(text).toContain(`ws://127.0.0.1:${portOf(running)}/ws`);
    expect(text).toContain('everything is in memory and gone with the process');
    const nothing = await fetch(`${running.url}/nothing?<script>`);
    expect(nothing.status).toBe(404);
    expect(await nothing.json()).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('O-RUN-1 lets in who bears a token of its key', async () => {
    const running = await start();
    const { welcome, principal } = await hello(running);
    expect(welcome).toMatchObject({ type: 'welcome', durability: 'none', principal });
    expect(welcome['limits']).toMatchObject({ message_bytes_max: 65_536 });
  });

  it('O-RUN-2 a new store begins with an empty restaurant, with --demo with two that cook', async () => {
    const fresh = await start();
    const [main, ...others] = await fresh.store.load();
    expect(others).toEqual([]);
    expect(main?.branch).toMatchObject({ id: 'main', currency: 'GBP', zone: 'Europe/London' });
    expect(main?.rows.filter(({ table }) => table === 'station')).toHaveLength(4);
    await fresh.close();
    const demo = await start({ demo: true });
    const loaded = await demo.store.load();
    expect(loaded.map(({ branch }) => branch.id).sort()).toEqual(['main', 'other']);
    const items = loaded.flatMap(({ rows }) => rows.filter(({ table }) => table === 'menu_item'));
    expect(items.length).toBeGreaterThan(40);
  });

  it('O-RUN-3 seeding does not touch a store that has its branches', async () => {
    const nextTick = (run: () => void) => void setImmediate(run);
    const store = createMemoryStore({ clock: { now: () => 1 }, newId: () => 'e', nextTick });
    const first = await startServer(config({ demo: true }), { log: silentLog, store });
    const before = await store.load();
    await first.close();
    const load = store.load.bind(store);
    let loads = 0;
    const kept = Object.assign(store, {
      commit: () => expect.unreachable(),
      load: () => {
        loads += 1;
        return load();
      },
    });
    server = await startServer(config({ demo: true }), { log: silentLog, store: kept });
    expect(loads).toBe(1);
    expect(await load()).toEqual(before);
  });

  it('O-RUN-4 closing tells every client to come back, and closes everything', async () => {
    const running = await start();
    const { socket } = await hello(running);
    const notices: string[] = [];
    socket.on('message', (text: Buffer) => notices.push(text.toString()));
    const closing = running.close();
    expect(await closeCode(socket)).toBe(1012);
    expect(notices.join('')).toContain('"draining"');
    await closing;
    await running.close();
    await expect(fetch(running.url)).rejects.toThrow('fetch failed');
  });

  it('O-RUN-5 a port in use is said in one line with how to mend it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `listen on 127.0.0.1:${port}: the port is in use; stop what uses it, or give another --port`,
    );
    other.close();
  });
});
