/**
 * A client that shares no code with the hub, in Python, against the built program as a process of its own. Here stands only
 * what Python cannot do by itself: starting the hub, killing it when asked to, and starting it again.
 */
import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const SCRIPT = fileURLToPath(new URL('interop.py', import.meta.url));
/** The one that has Debian's python3-websockets and python3-msgpack. */
const PYTHON = '/usr/bin/python3';
const READY_WAIT_MS = 30_000;

const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

describe('interop', () => {
  let directory: string;
  let port: number;
  let hub: ChildProcess | undefined;

  async function startHub(): Promise<void> {
    const flags = ['--demo', '--data', directory, '--port', String(port), '--heartbeat-ms', '500'];
    hub = spawn(process.execPath, [PROGRAM, 'serve', ...flags, '--log-level', 'warn'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const deadline = Date.now() + READY_WAIT_MS;
    while (Date.now() < deadline) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (answer?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the hub was not ready in time');
  }

  async function stopHub(): Promise<void> {
    if (hub === undefined) return;
    hub.kill('SIGKILL');
    await ended(hub);
    hub = undefined;
  }

  async function token(role: string): Promise<string> {
    const flags = ['token', '--data', directory, '--role', role];
    return (await run(process.execPath, [PROGRAM, ...flags])).stdout.trim();
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expeditor-interop-'));
    port = await freePort();
    await startHub();
  });

  afterEach(async () => {
    await stopHub();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(['msgpack', 'json'])(
    'I4 a client in another language stays equal to snapshots over conflicts, a kill -9 and a shift end, in %s',
    async (encoding) => {
      const roles = ['cashier', 'kitchen', 'manager'] as const;
      const tokens = await Promise.all(roles.map(token));
      const flags = roles.flatMap((role, index) => [`--${role}`, tokens[index] ?? '']);
      const url = `ws://127.0.0.1:${port}/ws`;
      const python = spawn(PYTHON, [SCRIPT, '--url', url, '--encoding', encoding, ...flags], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const said: string[] = [];
      for await (const line of createInterface({ input: python.stdout })) {
        said.push(line);
        if (line !== 'ASK restart') continue;
        await stopHub();
        await startHub();
        python.stdin.write('DONE\n');
      }
      await ended(python);
      expect(said).toEqual(['ASK restart', expect.stringMatching(/^OK/)]);
      expect(python.exitCode).toBe(0);
    },
  );
});
