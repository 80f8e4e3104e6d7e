/** What it costs to come back after exactly one row in a hundred has changed: the bytes of the catch-up and of a snapshot. */
import { decode, encode } from '#dist/protocol/codec.js';
import {
  SUBPROTOCOLS,
  type ClientMessage,
  type Encoding,
  type HubMessage,
  type SnapshotDeltaMessage,
  type SnapshotMessage,
  type ViewRow,
} from '#dist/protocol/messages.js';
import { RawSocket } from './raw-socket.js';
import { expectAck, Till } from './till.js';

export interface CatchUpBytesOptions {
  readonly port: number;
  readonly token: string;
}

export interface CatchUpBytes {
  readonly encoding: Encoding;
  readonly rows: number;
  readonly rowsChanged: number;
  readonly snapshotBytes: number;
  readonly catchUpBytes: number;
}

const ENCODINGS: readonly Encoding[] = ['msgpack', 'json'];
const ONE_IN = 100;

type CatchUp = SnapshotMessage | SnapshotDeltaMessage;

interface Told<Message extends CatchUp> {
  readonly bytes: number;
  readonly message: Message;
}

/** All orders of the view are sent and none of their lines begun. Throws where not just one row in a hundred is told. */
export async function catchUpBytes(options: CatchUpBytesOptions): Promise<CatchUpBytes[]> {
  const snapshots = new Map<Encoding, Told<SnapshotMessage>>();
  for (const encoding of ENCODINGS) snapshots.set(encoding, await snapshotOf(options, encoding));
  const msgpack = snapshots.get('msgpack');
  if (msgpack === undefined) throw new Error('no snapshot');
  await beginOneInAHundred(options, msgpack.message);
  const measured: CatchUpBytes[] = [];
  for (const [encoding, snapshot] of snapshots) {
    const caughtUp = await catchUpOf(options, encoding, snapshot.message);
    const rows = rowsOf(snapshot.message.tables);
    const rowsChanged = Object.values(caughtUp.message.changes).reduce(
      (sum, { inserted = [], updated = [], deleted = [] }) =>
        sum + inserted.length + updated.length + deleted.length,
      0,
    );
    if (rowsChanged * ONE_IN !== rows) throw new Error(`${rowsChanged} of ${rows} rows were told`);
    const { bytes: snapshotBytes } = snapshot;
    measured.push({ encoding, rows, rowsChanged, snapshotBytes, catchUpBytes: caughtUp.bytes });
  }
  return measured;
}

function rowsOf(tables: Readonly<Record<string, readonly unknown[]>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
}

/** All lines of each hundredth order: each of them changes, and so does the order's own row. */
async function beginOneInAHundred(
  { port, token }: CatchUpBytesOptions,
  { tables }: SnapshotMessage,
): Promise<void> {
  const till = await Till.open(port, token);
  const lines = (tables['order_line'] ?? []) as readonly (ViewRow & {
    readonly order_id: string;
  })[];
  const orders = (tables['order_header'] ?? []).filter((_, nth) => nth % ONE_IN === 0);
  for (const { id } of orders) {
    const own = lines.filter(({ order_id }) => order_id === id);
    const command = {
      name: 'kitchen.set_status',
      payload: { order_id: id, line_ids: own.map((line) => line.id), status: 'preparing' },
      expect: { order_line: Object.fromEntries(own.map((line) => [line.id, line.version])) },
    };
    expectAck(command, await till.give(command));
  }
  till.close();
}

async function snapshotOf(
  options: CatchUpBytesOptions,
  encoding: Encoding,
): Promise<Told<SnapshotMessage>> {
  const { bytes, message } = await subscribeOnce(options, encoding, null);
  if (message.type !== 'snapshot') throw new Error('no snapshot');
  return { bytes, message };
}

async function catchUpOf(
  options: CatchUpBytesOptions,
  encoding: Encoding,
  held: SnapshotMessage,
): Promise<Told<SnapshotDeltaMessage>> {
  const { bytes, message } = await subscribeOnce(options, encoding, held);
  if (message.type !== 'snapshot:delta') throw new Error('a snapshot, where little has changed');
  return { bytes, message };
}

async function subscribeOnce(
  { port, token }: CatchUpBytesOptions,
  encoding: Encoding,
  held: SnapshotMessage | null,
): Promise<Told<CatchUp>> {
  let told = (_: Told<CatchUp>): void => {};
  const answer = new Promise<Told<CatchUp>>((resolve) => {
    told = resolve;
  });
  const socket = await RawSocket.open({
    port,
    subprotocol: SUBPROTOCOLS[encoding],
    onMessage: (payload) => {
      const message = decode(payload, encoding) as HubMessage;
      if (message.type !== 'snapshot' && message.type !== 'snapshot:delta') return;
      told({ bytes: payload.length, message });
    },
  });
  const send = (message: ClientMessage): void => {
    socket.send(encode(message, encoding), encoding === 'json' ? 'text' : 'binary');
  };
  send({ type: 'hello', id: 'hello', token });
  const since = held === null ? {} : { since: { epoch: held.epoch, version: held.version } };
  send({ type: 'subscribe', id: 'subscribe', view: 'orders', branchId: 'main', ...since });
  const received = await answer;
  socket.destroy();
  return received;
}
