/** Vectors of everything that has a code: errors, notices, and the ends of a connection. */

const at = 1764000000000;

/** `[code, status, retryable, what it bears besides]`. */
const errors = [
  ['bad_message', 400, false, { details: [{ path: '/id', reason: 'is required' }] }],
  [
    'validation_failed',
    400,
    false,
    { details: [{ path: '/lines/0/qty', reason: 'must be at least 1' }] },
  ],
  ['unauthenticated', 401, false, {}],
  ['token_expired', 401, false, {}],
  ['forbidden', 403, false, {}],
  ['not_found', 404, false, { details: { what: 'order', id: 'o9' } }],
  [
    'version_conflict',
    409,
    false,
    { current: { order_line: { l1: { id: 'l1', status: 'ready', version: 4 } } } },
  ],
  ['invalid_state', 409, false, { details: { status: 'closed', legal: ['open'] } }],
  ['already_exists', 409, false, { details: { shift_id: 's1' } }],
  ['overpayment', 409, false, { details: { balance: 1200 } }],
  ['balance_due', 409, false, { details: { balance: 1200 } }],
  ['shift_closed', 409, false, { details: { shift_id: 's1' } }],
  [
    'shift_has_open_orders',
    409,
    false,
    {
      details: {
        count: 2,
        devices: [
          {
            id: 'till-2',
            name: 'Till 2',
            queue_length: 3,
            queue_oldest_at: at,
            last_seen_at: at + 360000,
            connected: false,
          },
        ],
      },
    },
  ],
  [
    'item_unavailable',
    409,
    false,
    { details: { item_id: 'soup', path: '/lines/0', remaining: 1 } },
  ],
  ['idempotency_in_progress', 409, true, {}],
  ['idempotency_key_reused', 422, false, {}],
  [
    'locked',
    423,
    true,
    { retryAfterMs: 1500, details: { holder: { name: 'Ada', device_id: 'till-1' } } },
  ],
  ['version_required', 428, false, { details: { order_line: ['l1'] } }],
  ['rate_limited', 429, true, { retryAfterMs: 30000 }],
  ['storage_unavailable', 503, true, { retryAfterMs: 2000 }],
  ['overloaded', 503, true, { retryAfterMs: 100 }],
  ['draining', 503, true, { retryAfterMs: 800 }],
  ['internal', 500, true, {}],
];

export const errorVectors = errors.map(([code, status, retryable, more]) => ({
  meaning: `the error ${code}`,
  message: {
    type: 'error',
    id: '7',
    key: 'k1',
    code,
    status,
    message: 'in words, for a log',
    retryable,
    ...more,
  },
}));

const notices = [
  ['draining', { retryAfterMs: 800 }],
  ['lagging', { channel: 'main/orders' }],
  ['resync', { channel: 'main/orders' }],
  ['revoked', {}],
];

export const noticeVectors = notices.map(([code, more]) => ({
  meaning: `the notice ${code}`,
  message: { type: 'notice', code, message: 'in words, for a log', ...more },
}));

export const warningVector = {
  meaning: 'the end of a shift that warns of a till that holds sales',
  message: {
    type: 'ack',
    id: '2',
    key: 'k-2',
    version: 412,
    durability: 'full',
    result: {
      records: { pos_shift: { s1: 2 } },
      warnings: [
        {
          code: 'device_holds_sales',
          device_id: 'till-2',
          name: 'Till 2',
          queue_length: 3,
          queue_oldest_at: at,
          last_seen_at: at + 360000,
          message: 'Till 2 holds 3 unsent sales',
        },
      ],
    },
  },
};

const closes = [
  [1000, false, 'done'],
  [1001, false, 'the hub goes away for good'],
  [1006, true, 'no close frame came: the connection broke'],
  [1009, true, 'a message was too big'],
  [1012, true, 'the hub restarts'],
  [1013, true, 'overloaded'],
  [4400, false, 'a broken message'],
  [4401, false, 'the token is missing, wrong or expired'],
  [4403, false, 'the origin or the role is not allowed'],
  [4408, false, 'no hello in time'],
  [4409, false, 'replaced by the connection that continues this session'],
  [4413, true, 'too slow or silent for too long'],
  [4429, true, 'too many messages'],
];

export const closeVectors = closes.map(([code, reconnect, meaning]) => ({
  meaning,
  code,
  reconnect,
}));
