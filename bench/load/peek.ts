/** What a MessagePack message of the hub is, read off its bytes without decoding it. */

/** Where it says what it is: behind the map's head and the key `type`, a string's head and its letters. */
const TYPE_AT = 7;
const LONG_MAP = 0xde;
const LONG_MAP_EXTRA = 2;
const SHORT_STRING = 0xa0;

export const DELTA = 'd'.charCodeAt(0);
export const HEARTBEAT = 'h'.charCodeAt(0);
const CATCH_UP_HEAD = SHORT_STRING | 'snapshot:delta'.length;
const SNAPSHOT_HEAD = SHORT_STRING | 'snapshot'.length;

/** The version stands within this many bytes, behind the channel's name and epoch. */
const ENVELOPE_BYTES = 200;

function typeAt(payload: Buffer): number {
  return payload[0] === LONG_MAP ? TYPE_AT + LONG_MAP_EXTRA : TYPE_AT;
}

export function firstLetterOfType(payload: Buffer): number {
  return payload[typeAt(payload)] ?? 0;
}

/** null: neither. */
export function catchUpKind(payload: Buffer): 'snapshot' | 'snapshot:delta' | null {
  const at = typeAt(payload);
  if (payload[at] !== 's'.charCodeAt(0)) return null;
  if (payload[at - 1] === CATCH_UP_HEAD) return 'snapshot:delta';
  return payload[at - 1] === SNAPSHOT_HEAD ? 'snapshot' : null;
}

/** The version that a receiver holds after a `delta`, a `snapshot:delta` or a `snapshot`. */
export function versionAfter(payload: Buffer): number {
  const key = catchUpKind(payload) === 'snapshot' ? 'version' : 'newVersion';
  const head = payload.subarray(0, ENVELOPE_BYTES);
  const at = head.indexOf(key, 0, 'latin1');
  if (at < 0) throw new Error(`no ${key} in ${head.toString('latin1')}`);
  return readNumber(head, at + key.length);
}

const POSITIVE_FIXINT_MAX = 0x7f;
const FLOAT64 = 0xcb;
const UINT8 = 0xcc;
const UINT16 = 0xcd;
const UINT32 = 0xce;

function readNumber(bytes: Buffer, at: number): number {
  const head = bytes.readUInt8(at);
  if (head <= POSITIVE_FIXINT_MAX) return head;
  switch (head) {
    case UINT8:
      return bytes.readUInt8(at + 1);
    case UINT16:
      return bytes.readUInt16BE(at + 1);
    case UINT32:
      return bytes.readUInt32BE(at + 1);
    case FLOAT64:
      return bytes.readDoubleBE(at + 1);
    default:
      throw new Error(`no number: 0x${head.toString(16)}`);
  }
}
