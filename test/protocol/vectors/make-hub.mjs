/** Vectors of messages from the hub, one of each type. */

const AT = 1764000000000;

const line = {
  id: 'l1',
  order_id: 'o1',
  branch_id: 'main',
  seq: 1,
  item_id: 'steak',
  name: 'Steak',
  qty: 1,
  modifiers: [{ id: 'rare', name: 'Rare' }],
  note: null,
  allergens: ['milk'],
  seat: null,
  course: 2,
  station: 'grill',
  status: 'queued',
  mark: null,
  void_reason: null,
  origin_line_id: null,
  created_at: AT,
  sent_at: AT + 1000,
  started_at: null,
  ready_at: null,
  served_at: null,
  version: 2,
};

export const hubVectors = [
  {
    meaning: 'welcome',
    message: {
      type: 'welcome',
      id: '1',
      sessionId: 's-1',
      epoch: 'e1',
      serverTime: AT,
      heartbeatMs: 5000,
      durability: 'full',
      principal: {
        id: 'staff-1',
        name: 'Ada',
        role: 'kitchen',
        branch_id: 'main',
        device_id: 'screen-1',
      },
      limits: {
        message_bytes_max: 65536,
        subscriptions_max: 32,
        commands_in_flight_max: 256,
        commands_per_minute: 600000,
      },
    },
  },
  {
    meaning: 'a snapshot of one station',
    message: {
      type: 'snapshot',
      id: '3',
      channel: 'main/kitchen/grill',
      view: 'kitchen',
      branchId: 'main',
      epoch: 'e1',
      version: 120,
      serverTime: AT,
      tables: { order_header: [], order_line: [line] },
    },
  },
  {
    meaning: 'a catch-up',
    message: {
      type: 'snapshot:delta',
      id: '3',
      channel: 'main/kitchen/grill',
      epoch: 'e1',
      baseVersion: 118,
      newVersion: 120,
      serverTime: AT,
      changes: { order_line: { inserted: [line], deleted: ['l0'] } },
    },
  },
  {
    meaning: 'a delta with whole columns',
    message: {
      type: 'delta',
      channel: 'main/kitchen/grill',
      baseVersion: 120,
      newVersion: 123,
      changes: {
        order_line: {
          updated: [{ id: 'l1', version: 3, changes: { status: 'preparing', started_at: AT } }],
        },
      },
    },
  },
  {
    meaning: 'a delta with a patch inside a JSON column, and a row whose hidden columns changed',
    message: {
      type: 'delta',
      channel: 'main/menu',
      baseVersion: 120,
      newVersion: 121,
      changes: {
        menu_item: {
          updated: [
            {
              id: 'steak',
              version: 5,
              patch: [
                { op: 'replace', path: '/modifier_groups/0/options/1/available', value: false },
              ],
            },
            { id: 'soup', version: 2 },
          ],
        },
      },
    },
  },
  {
    meaning: 'the acknowledgement of a command',
    message: {
      type: 'ack',
      id: '7',
      key: 'k1',
      version: 121,
      durability: 'full',
      result: { records: { order_header: { o1: 4 }, order_payment: { p1: 1 } } },
    },
  },
  {
    meaning: 'the same command sent again',
    message: {
      type: 'ack',
      id: '8',
      key: 'k1',
      version: 121,
      durability: 'full',
      result: { records: { order_header: { o1: 4 }, order_payment: { p1: 1 } } },
      replayed: true,
    },
  },
  { meaning: 'the acknowledgement of auth', message: { type: 'ack', id: '2' } },
  {
    meaning: 'a version conflict, with the record as it stands',
    message: {
      type: 'error',
      id: '7',
      key: 'k1',
      code: 'version_conflict',
      status: 409,
      message: 'a record changed since you saw it',
      retryable: false,
      current: { order_line: { l1: line } },
    },
  },
  {
    meaning: 'a lock held by another device',
    message: {
      type: 'error',
      id: '7',
      key: 'k1',
      code: 'locked',
      status: 423,
      message: 'the order is locked',
      retryable: true,
      retryAfterMs: 1500,
      details: { holder: { name: 'Ada', device_id: 'till-1' } },
    },
  },
  {
    meaning: 'the result of a query',
    message: { type: 'result', id: '8', result: { lines: [line] } },
  },
  {
    meaning: 'a heartbeat',
    message: { type: 'heartbeat', serverTime: AT, versions: { 'main/kitchen/grill': 123 } },
  },
  {
    meaning: 'a notice about one channel',
    message: {
      type: 'notice',
      code: 'resync',
      message: 'the shift ended',
      channel: 'main/orders',
    },
  },
  {
    meaning: 'a notice before a restart',
    message: { type: 'notice', code: 'draining', message: 'restarting', retryAfterMs: 800 },
  },
  { meaning: 'pong', message: { type: 'pong', id: '9', serverTime: AT } },
];
