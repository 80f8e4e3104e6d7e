/** A logout, a change of role, an unpairing: what they do to connections that are open. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { devicePair } from '../../src/domain/admin/device-pair.js';
import { devicePut } from '../../src/domain/admin/device-put.js';
import { staffPut } from '../../src/domain/admin/staff-put.js';
import type { CommandDefinition } from '../../src/domain/command.js';
import { EVENING, TestHub } from '../support/hub.js';
import type { HubClient } from '../support/hub-client.js';

const SAM = { id: 'pia', name: 'Pia', role: 'cashier', branch_id: 'main', device_id: 'till-9' };

let hub: TestHub;
beforeEach(async () => {
  hub = await TestHub.open();
});
afterEach(async () => {
  await hub.close();
});

async function connected(more: object = {}): Promise<HubClient> {
  const client = hub.connect();
  await client.hello(JSON.stringify({ ...SAM, issued_at: EVENING, ...more }));
  return client;
}

async function administer(
  definition: CommandDefinition,
  payload: object,
  expect?: object,
): Promise<string> {
  const main = hub.hub.branches.get('main');
  const answering = main?.hub.execute({
    definition,
    key: JSON.stringify(payload),
    payload: payload as Readonly<Record<string, unknown>>,
    expect,
    actor: { staffId: 'amira', deviceId: 'office', role: 'admin' },
    clientAt: null,
    correlationId: null,
  });
  await hub.settle();
  const answer = await answering;
  return answer?.kind === 'refused' ? answer.refusal.message : (answer?.kind ?? 'no branch');
}

async function newStaff(): Promise<void> {
  const { id, name, role } = SAM;
  expect(await administer(staffPut, { id, name, role }, { staff: { pia: 0 } })).toBe('done');
}

function expectRevoked(client: HubClient, reason: string): void {
  expect(client.connection.closed).toMatchObject({ code: 4401, reason });
  expect(client.received.at(-1)).toMatchObject({ type: 'notice', code: 'revoked' });
}

describe('connections of who may not go on', () => {
  it('H-REV-1 the end of a login closes its connections at once, and no others', async () => {
    const gone = await connected({ session_id: 's-1' });
    const stays = await connected({ session_id: 's-2' });
    hub.hub.endSession('s-1');
    expectRevoked(gone, 'this login has ended');
    expect(stays.connection.closed).toBeNull();
    const again = hub.connect();
    again.sendRaw({
      ...{ type: 'hello', id: '1' },
      token: JSON.stringify({ ...SAM, session_id: 's-1' }),
    });
    await hub.settle();
    expect(again.connection.closed?.code).toBe(4401);
  });

  it('H-REV-2 a change of role closes within a second, and the next message at once', async () => {
    await newStaff();
    const listening = await connected();
    const talking = await connected();
    hub.clock.advance(1);
    const cook = { id: 'pia', role: 'kitchen' };
    expect(await administer(staffPut, cook, { staff: { pia: 1 } })).toBe('done');
    talking.sendRaw({ type: 'ping', id: '1' });
    await hub.settle();
    expectRevoked(talking, 'this login is void: log in again');
    hub.timers.advance(1_000);
    expectRevoked(listening, 'this login is void: log in again');
  });

  it('H-REV-3 an unpaired device, and who is logged in at it, goes too', async () => {
    const pair = { id: 'till-9', name: 'Till 9', role: 'waiter', at: EVENING };
    expect(await administer(devicePair, pair)).toBe('done');
    const client = await connected();
    const off = { id: 'till-9', active: false };
    expect(await administer(devicePut, off, { device: { 'till-9': 1 } })).toBe('done');
    hub.timers.advance(1_000);
    expectRevoked(client, 'this device is not paired any more');
  });

  it('H-REV-4 a renewal with a token that is void is refused', async () => {
    await newStaff();
    const client = await connected({ issued_at: Number.MAX_SAFE_INTEGER });
    await administer(staffPut, { id: 'pia', role: 'waiter' }, { staff: { pia: 1 } });
    const old = JSON.stringify({ ...SAM, issued_at: 0 });
    const answer = await client.request({ type: 'auth', token: old });
    expect(answer).toMatchObject({ type: 'error', code: 'unauthenticated' });
  });

  it('H-REV-5 a person whom the branch does not know goes by the token alone', async () => {
    const client = await connected({ id: 'nobody-known' });
    hub.timers.advance(2_000);
    expect(client.connection.closed).toBeNull();
  });
});
