/**
 * Messages to bytes and back, in both encodings; the one place that knows msgpackr. What it writes is plain MessagePack (no
 * extension types, string keys) or JSON, and always bytes of its own that nobody else writes to.
 */
import { Packr, RESET_BUFFER_MODE } from 'msgpackr';
import type { Encoding } from './messages.js';

/** Bytes of the buffer that the packers share between calls; one that a snapshot made grow above the limit is dropped. */
const POOL_BYTES = 8 * 1024;
const POOL_BYTES_MAX = 1024 * 1024;
/** Fixext 1: how the packer writes `undefined`, followed by two zero bytes. */
const UNDEFINED_MARK = 0xd4;

const OPTIONS = {
  useRecords: false,
  variableMapSize: true,
  useToJSON: false,
  int64AsType: 'number',
} as const;

const packr = new Packr(OPTIONS);
// `skipValues` costs a third of the packing, so it serves only those messages that hold an undefined after all.
const skippingOptions = { ...OPTIONS, skipValues: [undefined], encodeUndefinedAsNil: true };
const skippingPackr = new Packr(skippingOptions);

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Fields that are undefined are left out; an undefined element of an array becomes null, as in JSON. */
export function encode(message: object, encoding: Encoding): Uint8Array {
  return encodeFramed(message, encoding, 0);
}

/** As `encode`, with `headRoom` zeroed bytes before the message: room for a WebSocket header. */
export function encodeFramed(message: object, encoding: Encoding, headRoom: number): Uint8Array {
  return copyBehind(headRoom, encoding === 'json' ? toJson(message) : pack(message));
}

/**
 * The message `{...envelope, [key]: part}` as chunks to be written in order, where `part` is a value encoded before: so a
 * snapshot's rows are encoded once, whatever stands around them. The first chunk begins with `headRoom` zeroed bytes.
 */
export function encodeAround(
  envelope: object,
  part: { readonly key: string; readonly bytes: Uint8Array },
  options: { readonly encoding: Encoding; readonly headRoom: number },
): Uint8Array[] {
  const withHole = { ...envelope, [part.key]: null };
  if (options.encoding === 'json') {
    const text = toJson(withHole);
    const hole = text.length - 'null}'.length;
    return [
      copyBehind(options.headRoom, text.subarray(0, hole)),
      part.bytes,
      textEncoder.encode('}'),
    ];
  }
  const packed = pack(withHole);
  return [copyBehind(options.headRoom, packed.subarray(0, packed.length - 1)), part.bytes];
}

/** Bytes that a value takes in MessagePack. */
export function packedLength(value: unknown): number {
  return pack(value).length;
}

/**
 * The value that the bytes hold. 64-bit integers and floats both come as numbers. Throws on bytes that are no message; bytes
 * from clients go through `parseClientMessage`, which looks at them first.
 */
export function decode(bytes: Uint8Array, encoding: Encoding): unknown {
  if (encoding === 'json') return JSON.parse(textDecoder.decode(bytes));
  return packr.decode(bytes);
}

/** Valid until the next call: the packers share one buffer. */
function pack(value: unknown): Uint8Array {
  let packed: Uint8Array = packr.encode(value, RESET_BUFFER_MODE);
  if (holdsUndefined(packed)) packed = skippingPackr.encode(value, RESET_BUFFER_MODE);
  if (packed.buffer.byteLength > POOL_BYTES_MAX) packr.useBuffer(newPool());
  return packed;
}

/** May also find the same bytes inside a number or a text, which costs a second packing and nothing else. */
function holdsUndefined(packed: Uint8Array): boolean {
  for (
    let found = packed.indexOf(UNDEFINED_MARK);
    found !== -1;
    found = packed.indexOf(UNDEFINED_MARK, found + 1)
  ) {
    if (packed[found + 1] === 0 && packed[found + 2] === 0) return true;
  }
  return false;
}

/** The packer writes text with Buffer's methods where there is a Buffer. */
function newPool(): Uint8Array {
  return typeof Buffer === 'undefined'
    ? new Uint8Array(POOL_BYTES)
    : Buffer.allocUnsafeSlow(POOL_BYTES);
}

function toJson(message: object): Uint8Array {
  return textEncoder.encode(JSON.stringify(message));
}

function copyBehind(headRoom: number, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(headRoom + bytes.length);
  copy.set(bytes, headRoom);
  return copy;
}
