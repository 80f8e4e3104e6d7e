/** Replays on a hub that serves, and a look at its channels from the terminal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, HubProcess, runCommand, startCommand } from '../support/hub-process.js';
import { checkDatabase } from './crash/checker.js';
import { readJournal } from './crash/journal.js';

const DEMO = fileURLToPath(new URL('../../data/demo/', import.meta.url));

let directory: string;
let hub: HubProcess;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'expeditor-url-'));
  hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
});

afterEach(async () => {
  await hub.kill();
  rmSync(directory, { recursive: true, force: true });
});

function journalOf(branch: string): string {
  return join(directory, `journal-${branch}`);
}

function replayIn(branch: string): Promise<{ readonly code: number; readonly output: string }> {
  const files = ['--orders', `${DEMO}sample-orders.csv`, '--menu', `${DEMO}sample-menu.csv`];
  const token = hub.token({ role: 'manager', branch });
  const place = ['--url', hub.url, '--token', token, '--branch', branch];
  const journal = ['--journal', journalOf(branch)];
  return startCommand(['replay', ...files, '--speed', 'max', ...place, ...journal]);
}

describe('replay --outage', () => {
  it('R-OUT-1 R-OUT-2 tills that are cut off sell on through their queues, and afterwards all of it is at the hub once', async () => {
    const files = ['--orders', `${DEMO}sample-orders.csv`, '--menu', `${DEMO}sample-menu.csv`];
    const { code, output } = await startCommand(['replay', ...files, '--outage', '12']);
    const [, held = ''] = /they hold ([\d, ]+) commands/.exec(output) ?? [];
    const queued = held.split(', ').map(Number);
    expect(queued).toHaveLength(4);
    expect(Math.min(...queued)).toBeGreaterThan(0);
    expect(output).toContain('All of it is right.');
    expect(code).toBe(0);
  });
});

describe('replay --url', () => {
  it('E-REPLAY-1 I8 reconciles in two branches at once, and again without doubling anything', async () => {
    const replays = await Promise.all([replayIn('main'), replayIn('other')]);
    for (const { code, output } of replays) {
      expect(output).toContain('All of it is right.');
      expect(output).toContain('lost: 0');
      expect(output).toContain('doubled: 0');
      expect(code).toBe(0);
    }
    const again = await replayIn('main');
    expect(again.output).toContain('All of it is right.');
    expect(again.code).toBe(0);
    // A token of one branch opens no other.
    const token = hub.token({ role: 'manager', branch: 'other' });
    const foreign = runCommand([
      ...['replay', '--orders', `${DEMO}sample-orders.csv`, '--menu', `${DEMO}sample-menu.csv`],
      ...['--url', hub.url, '--token', token, '--branch', 'main'],
    ]);
    expect(foreign.code).toBe(1);
    expect(foreign.output).toContain('forbidden');
    expect(await hub.stop()).toBe(0);
    for (const branch of ['main', 'other']) {
      const acknowledged = readJournal(journalOf(branch));
      expect(acknowledged.length).toBeGreaterThan(300);
      const { findings } = checkDatabase(join(directory, 'expeditor.db'), branch, acknowledged);
      expect(findings).toEqual([]);
    }
    expect(runCommand(['verify', '--data', directory])).toMatchObject({ code: 0 });
  });

  it('E-REPLAY-2 watch --once prints a channel of that hub, and ends', async () => {
    const client = hub.client({ role: 'manager' });
    await client.command('shift.open', { opening_float: 0 });
    const { key } = await client.command('order.open', {
      order_id: 'table-seven',
      order_type: 'dine_in',
      table_no: '7',
      lines: [{ item_id: 'halloumi', qty: 3 }],
    });
    expect(key).not.toBe('');
    await client.command('order.send', { order_id: 'table-seven' });
    client.close();
    const watch = (branch: string, ...view: string[]) => {
      const token = hub.token({ role: 'kitchen', branch });
      const place = ['--url', hub.url, '--token', token, '--branch', branch];
      return runCommand(['watch', '--once', ...view, ...place]);
    };
    const kitchen = watch('main', '--view', 'kitchen', '--station', 'grill');
    expect(kitchen).toMatchObject({ code: 0 });
    expect(kitchen.output).toContain('main/kitchen/grill');
    expect(kitchen.output).toMatch(/3.*[Hh]alloumi/);
    expect(watch('main', '--view', 'kitchen', '--station', 'bar').output).not.toMatch(
      /[Hh]alloumi/,
    );
    expect(watch('other', '--view', 'kitchen').output).not.toMatch(/[Hh]alloumi/);
    const forbidden = watch('main', '--view', 'orders');
    expect(forbidden.code).toBe(1);
    expect(forbidden.output).toContain('forbidden');
  });
});
