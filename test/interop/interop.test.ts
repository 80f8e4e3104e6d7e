/**
 * A client that shares no code with the hub, in Python, against the built program as a process of its own. Here stands only
 * what Python cannot do by itself: starting the hub, killing it when asked to, and starting it again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, HubProcess } from '../support/hub-process.js';

const SCRIPT = fileURLToPath(new URL('interop.py', import.meta.url));
/** The one that has Debian's python3-websockets and python3-msgpack. */
const PYTHON = '/usr/bin/python3';
const ROLES = ['cashier', 'kitchen', 'manager'] as const;

describe('interop', () => {
  let directory: string;
  let port: number;
  let hub: HubProcess;

  const startHub = async (): Promise<void> => {
    const flags = ['--demo', '--heartbeat-ms', '500'];
    hub = await HubProcess.start({ directory, port, flags });
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'expeditor-interop-'));
    port = await freePort();
    await startHub();
  });

  afterEach(async () => {
    await hub.kill();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(['msgpack', 'json'])(
    'I4 a client in another language stays equal to snapshots over conflicts, a kill -9 and a shift end, in %s',
    async (encoding) => {
      const tokens = ROLES.flatMap((role) => [`--${role}`, hub.token({ role })]);
      const flags = ['--url', hub.url, '--encoding', encoding, ...tokens];
      const python = spawn(PYTHON, [SCRIPT, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
      const exit = once(python, 'exit');
      const said: string[] = [];
      for await (const line of createInterface({ input: python.stdout })) {
        said.push(line);
        if (line !== 'ASK restart') continue;
        await hub.kill();
        await startHub();
        python.stdin.write('DONE\n');
      }
      expect(said).toEqual(['ASK restart', expect.stringMatching(/^OK/)]);
      expect((await exit)[0]).toBe(0);
    },
  );
});
