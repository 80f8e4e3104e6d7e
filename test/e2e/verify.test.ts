/** `expeditor verify` beside a hub that works: it reads one moment, and neither waits for the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import type { VerifyReport } from '../../src/store/verify/findings.js';
import { freePort, HubProcess, startCommand } from '../support/hub-process.js';

const AT_ONCE = 2;
/** Between the commands of one worker: the machine is for the verification too. */
const PAUSE_MS = 5;
const RUNS = 2;

let directory: string;
let hub: HubProcess;
let client: Client;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-verify-'));
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
  client = hub.client({ role: 'manager' });
});

afterEach(async () => {
  client.close();
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function verifyOnce(): Promise<VerifyReport> {
  const { code, output } = await startCommand(['verify', '--json', '--data', directory]);
  const report = JSON.parse(output) as VerifyReport;
  expect(code).toBe(report.clean ? 0 : 1);
  return report;
}

describe('expeditor verify', () => {
  it('S-PROOF-2 S-PROOF-3 says one line of JSON, clean beside a hub under load, whose commands go on', async () => {
    let opened = 0;
    let loading = true;
    const load = async (): Promise<void> => {
      while (loading) {
        const lines = [{ item_id: 'hummus', qty: 1 }];
        await client.command('order.open', { order_type: 'takeaway', lines });
        opened += 1;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    };
    await client.command('shift.open', { opening_float: 0 });
    const workers = Array.from({ length: AT_ONCE }, load);
    const seen: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const before = opened;
      const report = await verifyOnce();
      expect(report).toMatchObject({ clean: true, difference: null, differences: {} });
      expect(report.events).toBeGreaterThan(before);
      expect(opened).toBeGreaterThan(before);
      seen.push(report.events);
    }
    loading = false;
    await Promise.all(workers);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    // The two branches of the demo begin with one event each; then the shift and the orders.
    expect(await verifyOnce()).toMatchObject({ clean: true, events: opened + 3 });
  });
});
