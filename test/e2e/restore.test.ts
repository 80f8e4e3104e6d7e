/** A hub that goes back to a backup, and clients that follow it by themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareWithSnapshots } from '../../src/server/cli/replay/comparison.js';
import { freePort, HubProcess, runCommand } from '../support/hub-process.js';
import { Tap } from './traffic/tap.js';

let root: string;
let hub: HubProcess;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'expeditor-restore-'))));
afterEach(async () => {
  await hub.kill();
  rmSync(root, { recursive: true, force: true });
});

const ORDER = { order_type: 'takeaway' as const, lines: [{ item_id: 'burger', qty: 1 }] };

describe('a hub that was restored', () => {
  it('S-BAK-27 has a new epoch, and every client starts over from a snapshot by itself, with the token that it has', async () => {
    const directory = join(root, 'data');
    const port = await freePort();
    hub = await HubProcess.start({ directory, port });
    const tap = new Tap();
    const till = hub.client({ role: 'manager' });
    const screen = hub.client({ role: 'cashier', socket: tap.socket });
    const replica = screen.subscribe('main/orders');
    await replica.ready;
    await till.command('shift.open', { opening_float: 0 });
    const item = { id: 'burger', name: 'Burger', price: 900 };
    await till.command('menu.put_item', item, { expect: { menu_item: { burger: 0 } } });
    for (let count = 0; count < 5; count += 1) await till.command('order.open', ORDER);

    const backup = join(root, 'backup.tar');
    const made = runCommand(['backup', '--data', directory, '--to', backup]);
    expect(made).toMatchObject({ code: 0 });
    expect(made.output).toContain('main at 8');
    for (let count = 0; count < 4; count += 1) await till.command('order.open', ORDER);
    const back = ['restore', '--from', backup, '--data', directory];
    const refused = runCommand([...back, '--replace']);
    expect(refused.output).toContain('another hub is running on it; stop it first');
    expect(refused.code).toBe(1);

    await hub.stop();
    expect(runCommand([...back, '--replace'])).toMatchObject({ code: 0 });
    hub = await HubProcess.start({ directory, port });
    await Promise.all([till.whenLive(), screen.whenLive()]);
    await expect.poll(() => replica.version, { timeout: 10_000 }).toBe(8);
    expect(replica.table('order_header').size).toBe(5);
    await till.command('order.open', ORDER);
    const { differences, rows } = await compareWithSnapshots([replica], till);
    expect({ differences, isFull: rows >= 12 }).toEqual({ differences: [], isFull: true });
    expect(tap.beginnings('main/orders')).toEqual(['snapshot', 'snapshot']);
    expect(new Set(tap.epochs).size).toBe(2);
    till.close();
    screen.close();
    expect(await hub.stop()).toBe(0);
    expect(runCommand(['verify', '--data', directory])).toMatchObject({ code: 0 });
  });
});
