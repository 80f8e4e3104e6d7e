import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import type { CommandPayloads } from '../../src/domain/registry.js';
import { Devices, DEVICES_MAX } from '../../src/hub/channels/devices.js';
import type { Principal } from '../../src/protocol/messages.js';
import type { CommandResult } from '../../src/protocol/results.js';
import { EVENING, TestHub } from '../support/hub.js';
import type { CommandReply, HubClient } from '../support/hub-client.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { Evening } from './evening.js';

let evening: Evening;
let manager: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  manager = await evening.hub.client({ role: 'manager' });
  await manager.subscribe('devices');
});
afterEach(async () => {
  await evening.end();
});

const device = (id: string) => manager.row('main/devices', 'device_status', id);
const till = (deviceId: string) => evening.hub.client({ role: 'waiter', name: deviceId, deviceId });
const holds = (length: number, oldestAt = EVENING) => ({ length, oldestAt });

/** A till that said that it holds sales, and is still there. */
async function holder(deviceId: string, length = 2): Promise<HubClient> {
  const client = await till(deviceId);
  client.sendHeartbeat(holds(length));
  return client;
}

async function close(
  more: Partial<CommandPayloads['shift.close']> = {},
  key = 'close',
): Promise<CommandReply> {
  const payload = { shift_id: evening.shiftId, counted_cash: 10_000, ...more };
  const expect = { pos_shift: { [evening.shiftId]: 1 } };
  return evening.till.command('shift.close', payload, { key, expect });
}

const warningsIn = (reply: CommandReply) =>
  reply.type === 'ack' ? (reply.result as unknown as CommandResult).warnings : undefined;

describe('what a device said of its queue', () => {
  it('H-DEV-1 stays known while it is away, and until its next connection says otherwise', async () => {
    const first = await holder('till-2', 3);
    first.cut();
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ connected: false, queue_length: 3 });
    const second = await till('till-2');
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ connected: true, queue_length: 3 });
    second.sendHeartbeat(holds(0));
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_length: 0, queue_oldest_at: null });
  });

  it('H-DEV-2 of several connections the last that tells of a queue is believed', async () => {
    const first = await holder('till-2', 3);
    const second = await till('till-2');
    second.sendHeartbeat(holds(1, EVENING - 5_000));
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_length: 1, queue_oldest_at: EVENING - 5_000 });
    first.sendHeartbeat(holds(2));
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_length: 2, queue_oldest_at: EVENING });
  });

  it('H-DEV-2 a screen beside the till, which says nothing of a queue, takes nothing back', async () => {
    const selling = await holder('till-2', 3);
    const screen = await till('till-2');
    screen.sendHeartbeat();
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_length: 3 });
    selling.sendHeartbeat();
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_length: 0 });
  });

  it('H-DEV-3 has bounds: nothing waits since a time to come, nor since any where nothing waits', async () => {
    const client = await till('till-2');
    client.sendHeartbeat(holds(2, EVENING + 3_600_000));
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_oldest_at: EVENING });
    client.sendHeartbeat(holds(0, EVENING - 1));
    await evening.pass(2);
    expect(device('till-2')).toMatchObject({ queue_oldest_at: null });
    for (const queue of [holds(-1), holds(1.5), holds(1, -1), holds(2 ** 53)]) {
      client.sendHeartbeat(queue);
    }
    await evening.settle();
    expect(client.ofType('error').map(({ code }) => code)).toEqual(
      Array.from({ length: 4 }, () => 'bad_message'),
    );
  });

  it('H-DEV-4 a device that holds sales is forgotten last of those that are away', () => {
    const clock = new SettableClock(EVENING);
    const devices = new Devices(clock);
    const met = (id: string, length: number): void => {
      const of = { id, name: id, role: 'cashier', branch_id: 'main', device_id: id } as const;
      devices.connected(of satisfies Principal);
      devices.reported(id, { connectionId: id, behind: 0, queue: holds(length) });
      devices.disconnected(id);
      clock.advance(1_000);
    };
    met('holder', 2);
    for (let count = 0; count < DEVICES_MAX + 5; count += 1) met(`screen-${String(count)}`, 0);
    const known = [...devices.standings()].map(({ id }) => id);
    expect(known).toHaveLength(DEVICES_MAX);
    expect(known).toContain('holder');
    expect(known).not.toContain('screen-0');
    expect(known).toContain(`screen-${String(DEVICES_MAX + 4)}`);
    for (let count = 0; count < DEVICES_MAX; count += 1) met(`till-${String(count)}`, 1);
    expect([...devices.standings()].map(({ id }) => id)).not.toContain('holder');
  });
});

describe('the end of a shift', () => {
  it('H-DEV-5 is refused while a device holds sales, connected or not, and told which', async () => {
    const gone = await holder('till-2', 1);
    gone.cut();
    await holder('till-3');
    expect(await close()).toMatchObject({
      code: 'shift_has_open_orders',
      status: 409,
      message: 'till-2 holds 1 unsent sale; till-3 holds 2 unsent sales',
      details: {
        devices: [
          {
            id: 'till-2',
            name: 'till-2',
            queue_length: 1,
            queue_oldest_at: EVENING,
            last_seen_at: EVENING,
            connected: false,
          },
          { id: 'till-3', queue_length: 2, connected: true },
        ],
      },
    });
    await evening.order('o1');
    expect(await close()).toMatchObject({
      message: '1 order is open; till-2 holds 1 unsent sale; till-3 holds 2 unsent sales',
      details: { count: 1, devices: [{ id: 'till-2' }, { id: 'till-3' }] },
    });
  });

  it('H-DEV-5 the closing device counts like any other, and goes through once it has sent', async () => {
    evening.till.sendHeartbeat(holds(1));
    expect(await close()).toMatchObject({ details: { devices: [{ id: 'till-1' }] } });
    evening.till.sendHeartbeat(holds(0));
    const closed = await close();
    expect(closed).toMatchObject({ type: 'ack' });
    expect(warningsIn(closed)).toBeUndefined();
  });

  it('H-DEV-6 goes through with carry_over and warns, and says the same when asked again', async () => {
    const client = await holder('till-2', 3);
    const closed = await close({ carry_over: true });
    expect(warningsIn(closed)).toEqual([
      {
        code: 'device_holds_sales',
        device_id: 'till-2',
        name: 'till-2',
        queue_length: 3,
        queue_oldest_at: EVENING,
        last_seen_at: EVENING,
        message: 'till-2 holds 3 unsent sales',
      },
    ]);
    client.sendHeartbeat(holds(0));
    const again = await close({ carry_over: true });
    expect(again).toEqual({ ...closed, id: expect.any(String) as string, replayed: true });
  });

  it('H-DEV-7 a hand-over warns and is not refused', async () => {
    await holder('till-2');
    const handed = await evening.handOver();
    expect(warningsIn(handed)).toMatchObject([{ code: 'device_holds_sales', queue_length: 2 }]);
  });

  it('H-DEV-8 warns of devices out of touch that have numbers of the shift, not of others', async () => {
    const lent = await till('till-2');
    await evening.give('numbers.lease', { count: 10 }, { by: lent });
    const there = await till('till-3');
    await evening.give('numbers.lease', { count: 10 }, { by: there });
    const never = await till('till-4');
    never.cut();
    lent.cut();
    const closed = await close();
    expect(warningsIn(closed)).toMatchObject([
      {
        code: 'device_out_of_touch',
        device_id: 'till-2',
        queue_length: 0,
        last_seen_at: EVENING,
        message: 'till-2 is not connected and may hold sales: it has order numbers of this shift',
      },
    ]);
    await evening.openShift();
    expect(warningsIn(await evening.closeShift())).toBeUndefined();
  });

  it('H-DEV-9 a device of another branch stops nothing', async () => {
    const other = await evening.hub.client({ role: 'cashier', branchId: 'other', deviceId: 'x' });
    other.sendHeartbeat(holds(4));
    expect(await close()).toMatchObject({ type: 'ack' });
  });
});

it('H-DEV-8 numbers are remembered over a restart of the hub, where no device has been heard', async () => {
  const directory = freshDirectory();
  const clock = new SettableClock(EVENING);
  const before = await Evening.begin({ store: await openSqlite(directory.path, { clock }), clock });
  await before.give('numbers.lease', { count: 10 });
  await before.end();
  const hub = await TestHub.open({ store: await openSqlite(directory.path, { clock }), clock });
  const cashier = await hub.client({ role: 'cashier', deviceId: 'till-2' });
  const closed = await cashier.command(
    'shift.close',
    { shift_id: before.shiftId, counted_cash: 0 },
    { expect: { pos_shift: { [before.shiftId]: 1 } } },
  );
  expect(warningsIn(closed)).toMatchObject([
    { code: 'device_out_of_touch', device_id: 'till-1', last_seen_at: null },
  ]);
  await hub.close();
  directory.remove();
});
