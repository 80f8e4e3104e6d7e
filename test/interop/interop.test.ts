/**
 * A client that shares no code with the hub, in Python, against the built program as a process of its own. Here stands only
 * what Python cannot do by itself: starting the hub, killing it when asked to, and starting it again.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Encoding } from '../../src/protocol/messages.js';
import { parseClientMessage } from '../../src/protocol/parse.js';
import { freePort, HubProcess } from '../support/hub-process.js';

const SCRIPT = fileURLToPath(new URL('interop.py', import.meta.url));
const VECTORS = fileURLToPath(new URL('vectors.py', import.meta.url));
const FOLDER = fileURLToPath(new URL('../protocol/vectors', import.meta.url));
const run = promisify(execFile);
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

  it('P-VEC-3 reads every golden vector, and writes messages that the hub takes', async () => {
    const { stdout } = await run(PYTHON, [VECTORS, FOLDER], { maxBuffer: 16 * 1024 * 1024 });
    const lines = stdout.trim().split('\n');
    const file = join(FOLDER, 'accepted.json');
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly vectors: readonly { readonly message: object; readonly read?: object }[];
    };
    expect(lines.pop()).toMatch(/^OK \d+$/);
    expect(lines).toHaveLength(2 * vectors.length);
    for (const line of lines) {
      const [, index, encoding, hex = ''] = line.split(' ');
      const vector = vectors[Number(index)];
      const bytes = Buffer.from(hex, 'hex');
      expect(parseClientMessage(bytes, encoding as Encoding), line).toEqual({
        kind: 'message',
        message: vector?.read ?? vector?.message,
      });
    }
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
