/** The steps of the way of a command that are measured alone, in the order of that way. */
import { recordVersions, type ChangeSet } from '#dist/domain/change-set.js';
import { RowChannel } from '#dist/hub/channels/row-channel.js';
import { project, rowView } from '#dist/hub/channels/views.js';
import { FRAME_HEAD_ROOM } from '#dist/hub/connection.js';
import { requestHash } from '#dist/hub/branch/request-hash.js';
import { RecordLocks } from '#dist/hub/locks.js';
import { ShiftGate } from '#dist/hub/shift-gate.js';
import { decode, encode, encodeFramed } from '#dist/protocol/codec.js';
import { messageFault } from '#dist/protocol/guard.js';
import { parseClientMessage } from '#dist/protocol/parse.js';
import { diffInside } from '#dist/protocol/patch.js';
import { frameMessage } from '#dist/server/ws/frame.js';
import { encodeRequest } from '#dist/store/sqlite/encode.js';
import type { CommitRequest } from '#dist/store/port.js';
import { newId, type Command } from '../load/till.js';
import { newOrder } from '../load/work.js';
import { BRANCH, branchCommand, Kitchen } from './kitchen.js';
import type { Operation } from './operation.js';

const ORDERS = 1_000;
/** As JSON, the order that the comparison looks at: at least this. */
const COMPARED_BYTES = 3_000;
const LINES_COMPARED = 12;

export const COMPARE = 'compare an order before and after (fast-json-patch)';
export const PROJECT = 'delta of a change set, view orders';

/** Everything but the store. */
export function operations(): Operation[] {
  const kitchen = new Kitchen();
  kitchen.fill(ORDERS);
  const steps = kitchen.orderIds.map((id) => kitchen.do(kitchen.nextStep(id, 0)));
  return [
    ...inbound(kitchen),
    ...decisions(kitchen, steps),
    ...outbound(kitchen, steps),
    comparison(kitchen),
  ];
}

/** Gives the items in turn, for ever. */
function inTurn<Item>(items: readonly Item[]): () => Item {
  let at = 0;
  return () => {
    const item = items[at];
    if (item === undefined) throw new Error('there is nothing to take turns');
    at = (at + 1) % items.length;
    return item;
  };
}

function wire(command: Command): Uint8Array {
  const message = { type: 'command', id: '1', key: newId(), branchId: BRANCH, ...command };
  return encode(message, 'msgpack');
}

function inbound(kitchen: Kitchen): Operation[] {
  const steps = kitchen.orderIds.map((id) => wire(kitchen.nextStep(id, 1)));
  const opens = Array.from({ length: 100 }, () => wire(newOrder(3).open));
  const bytes = { guard: inTurn(steps), decode: inTurn(steps), step: inTurn(steps) };
  const open = inTurn(opens);
  const { name, payload } = kitchen.nextStep(kitchen.orderIds[0] ?? '', 1);
  return [
    { name: "guard a command's bytes", run: () => void messageFault(bytes.guard(), 'msgpack') },
    { name: 'decode a command', run: () => void decode(bytes.decode(), 'msgpack') },
    {
      name: 'guard, decode and parse a step',
      run: () => void parseClientMessage(bytes.step(), 'msgpack'),
    },
    {
      name: 'guard, decode and parse an order of 3 lines',
      run: () => void parseClientMessage(open(), 'msgpack'),
    },
    { name: 'hash of a request', run: () => void requestHash(name, payload) },
  ];
}

function decisions(kitchen: Kitchen, steps: readonly ChangeSet[]): Operation[] {
  const locks = new RecordLocks();
  const gate = new ShiftGate();
  const lockNames = inTurn(kitchen.orderIds.map((id) => [`order:${id}`]));
  const step = inTurn(kitchen.orderIds.map((id) => branchCommand(kitchen.nextStep(id, 1))));
  const open = inTurn(Array.from({ length: 100 }, () => branchCommand(newOrder(3).open)));
  const applied = inTurn(steps);
  const request = inTurn(steps.map(commitRequest));
  return [
    {
      name: 'lock and release a record',
      async run() {
        (await locks.acquire(lockNames()))();
      },
    },
    {
      name: 'enter and leave the shift',
      async run() {
        (await gate.acquire('shared'))();
      },
    },
    { name: 'decide a step', run: () => void kitchen.decide(step()) },
    { name: 'decide an order of 3 lines', run: () => void kitchen.decide(open()) },
    { name: 'encode a commit for the writer', run: () => void encodeRequest(request()) },
    {
      name: 'apply a step to memory',
      run() {
        kitchen.apply(applied());
      },
    },
  ];
}

/** What a till's command would hand to the store. */
export function commitRequest(changeSet: ChangeSet): CommitRequest {
  return {
    branchId: BRANCH,
    key: newId(),
    requestHash: requestHash('kitchen.set_status', {}),
    command: 'kitchen.set_status',
    actor: 'micro',
    deviceId: 'micro',
    correlationId: null,
    at: Date.now(),
    changeSet,
    result: { records: recordVersions(changeSet) },
    requiresShift: null,
    zNumberOf: null,
    raisesHorizon: false,
  };
}

function channelOf(kitchen: Kitchen, name: 'orders' | 'kitchen'): RowChannel {
  return new RowChannel({
    name: `${name}:${BRANCH}`,
    address: { branchId: BRANCH, view: name, station: null },
    epoch: 'micro',
    hot: kitchen.hot,
    view: rowView(name, null),
  });
}

function outbound(kitchen: Kitchen, steps: readonly ChangeSet[]): Operation[] {
  const orders = channelOf(kitchen, 'orders');
  const inKitchen = channelOf(kitchen, 'kitchen');
  const delta = (channel: RowChannel, changeSet: ChangeSet) => {
    channel.note(changeSet, channel.version + 1);
    return channel.takeDelta();
  };
  const toOrders = inTurn(steps);
  const toKitchen = inTurn(steps);
  const messages = steps.map((changeSet) => {
    return { type: 'delta', channel: orders.name, ...delta(orders, changeSet) };
  });
  const packed = inTurn(messages);
  const text = inTurn(messages);
  const tables = orders.tables();
  return [
    { name: PROJECT, run: () => void delta(orders, toOrders()) },
    {
      name: 'delta of a change set, view kitchen',
      run: () => void delta(inKitchen, toKitchen()),
    },
    {
      name: 'encode and frame a delta',
      run() {
        const bytes = encodeFramed(packed(), 'msgpack', FRAME_HEAD_ROOM);
        frameMessage([bytes], 'msgpack', FRAME_HEAD_ROOM);
      },
    },
    { name: 'encode a delta as JSON', run: () => void encode(text(), 'json') },
    { name: 'rows of a snapshot of 1,000 orders', run: () => void orders.tables() },
    { name: 'encode a snapshot of 1,000 orders', run: () => void encode(tables, 'msgpack') },
  ];
}

/** What would have to be compared if nobody knew what a command changed: the whole order, as a screen sees it. */
function comparison(kitchen: Kitchen): Operation {
  const { order, open } = newOrder(LINES_COMPARED);
  kitchen.do(open);
  kitchen.do({ name: 'order.send', payload: { order_id: order.id } });
  const before = shownOrder(kitchen, order.id);
  kitchen.do(kitchen.nextStep(order.id, 0));
  const after = shownOrder(kitchen, order.id);
  return { name: COMPARE, run: () => void diffInside(before, after, 'order') };
}

/** The order with as many of its lines as make up the size that is compared. */
function shownOrder(kitchen: Kitchen, orderId: string): object {
  const { header, lines } = kitchen.order(orderId);
  const [ofHeader, ofLine] = rowView('orders', null).tables;
  if (ofHeader === undefined || ofLine === undefined) throw new Error('orders have lines');
  const shown: { header: object; lines: Record<string, object> } = {
    header: project(ofHeader, header),
    lines: {},
  };
  for (const line of lines) {
    if (JSON.stringify(shown).length >= COMPARED_BYTES) break;
    shown.lines[line.id] = project(ofLine, line);
  }
  return shown;
}
