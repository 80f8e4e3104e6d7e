import { describe, expect, expectTypeOf, it } from 'vitest';
import type {
  Client,
  CommandAnswer,
  CommandPayloads,
  CommandUnknown,
} from '../../src/client/index.js';
import type { HandConnection } from './support.js';
import { scene, settle } from './support.js';

const LINE = { id: 'l1', order_id: 'o1', status: 'queued', mark: null, qty: 1 };
const BUMP = { order_id: 'o1', line_ids: ['l1'], status: 'ready' as const };

/** A client whose kitchen channel shows the line at version 3. */
async function atTheGrill(): Promise<ReturnType<typeof scene>> {
  const stage = scene();
  stage.client.subscribe('main/kitchen');
  stage.connection().welcome();
  await settle();
  stage.connection().snapshot(3, [{ ...LINE, version: 3 }]);
  return stage;
}

function conflict(connection: HandConnection, row: object): void {
  const { id, key } = connection.last('command');
  connection.say({
    type: 'error',
    id,
    key,
    code: 'version_conflict',
    status: 409,
    message: 'changed',
    retryable: false,
    current: { order_line: { l1: { ...LINE, ...row } } },
  });
}

describe('version conflicts of direct commands', () => {
  it('C-RETRY-1 the versions that are held are expected, unless the caller names others', async () => {
    const { client, connection } = await atTheGrill();
    void client.command('kitchen.set_status', BUMP).catch(() => undefined);
    await settle();
    expect(connection().last('command').expect).toEqual({ order_line: { l1: 3 } });
    const expected = { order_line: { l1: 2 } };
    void client.command('kitchen.set_status', BUMP, { expect: expected }).catch(() => undefined);
    await settle();
    expect(connection().last('command').expect).toEqual(expected);
  });

  it('C-RETRY-2 a conflict in what does not matter is tried again under the same key, three times at most', async () => {
    const { client, connection } = await atTheGrill();
    const refused = client
      .command('kitchen.set_status', BUMP, { key: 'k1' })
      .catch((error: unknown) => error);
    await settle();
    for (const version of [4, 5, 6, 7]) {
      conflict(connection(), { version, note: `changed ${String(version)} times` });
      await settle();
    }
    const sent = connection().all('command');
    expect(sent.map(({ key }) => key)).toEqual(['k1', 'k1', 'k1', 'k1']);
    expect(sent.map((command) => command.expect?.order_line?.['l1'])).toEqual([3, 4, 5, 6]);
    expect(await refused).toMatchObject({ code: 'version_conflict' });
  });

  it("C-RETRY-3 a conflict in what the intent depends on is the caller's, with the record as it stands", async () => {
    const { client, connection } = await atTheGrill();
    const refused = client.command('kitchen.set_status', BUMP).catch((error: unknown) => error);
    await settle();
    conflict(connection(), { version: 4, mark: 'voided', status: 'voided' });
    expect(await refused).toMatchObject({
      code: 'version_conflict',
      current: { order_line: { l1: { version: 4, status: 'voided' } } },
    });
    expect(connection().all('command')).toHaveLength(1);
  });
});

describe('deadlines', () => {
  const ORDER = { order_type: 'takeaway' } as const;

  async function unknown(client: Client): Promise<CommandUnknown<CommandAnswer>> {
    const outcome = client.command('order.open', ORDER, { key: 'k1', deadlineMs: 2_000 });
    return outcome.then(
      () => Promise.reject(new Error('it was answered')),
      (error: unknown) => error as CommandUnknown<CommandAnswer>,
    );
  }

  it('C-RETRY-4 an answer that does not come in time leaves the command unknown; its key settles it', async () => {
    const { client, connection, timers } = scene();
    connection().welcome();
    const waiting = unknown(client);
    await settle();
    timers.advance(2_000);
    const error = await waiting;
    expect(error).toMatchObject({ name: 'CommandUnknown', key: 'k1', sent: true });
    connection().cut();
    timers.advance(500);
    connection().welcome();
    await settle();
    // Nothing is sent again without being asked for.
    expect(connection().all('command')).toEqual([]);
    const settled = error.settle();
    await settle();
    connection().ack('k1');
    expect(await settled).toMatchObject({ key: 'k1', version: 7 });
  });

  it('C-RETRY-5 a command that never left the client says so, and is not sent later', async () => {
    const { client, connection, timers } = scene();
    const waiting = unknown(client);
    await settle();
    timers.advance(2_000);
    expect(await waiting).toMatchObject({ sent: false });
    connection().welcome();
    await settle();
    expect(connection().all('command')).toEqual([]);
  });
});

describe('types', () => {
  it('C-RETRY-6 a wrong payload does not compile', () => {
    type Direct = Parameters<Client['command']>[0];
    type Queueable = Parameters<Client['queue']['add']>[0];
    type Payment = CommandPayloads['payment.add'];
    expectTypeOf<'order.eat'>().not.toExtend<Direct>();
    expectTypeOf<'shift.close'>().not.toExtend<Queueable>();
    expectTypeOf<{ order_id: string; method: 'cash'; amount: number }>().toExtend<Payment>();
    expectTypeOf<{ method: 'cash'; amount: number }>().not.toExtend<Payment>();
    expectTypeOf<{ order_id: string; method: 'cash'; amount: string }>().not.toExtend<Payment>();
    expectTypeOf<Client['command']>().returns.resolves.toEqualTypeOf<CommandAnswer>();
  });
});
