/** WebSocket frames by hand (RFC 6455), so that a load generator spends next to nothing on a message that it only counts. */

/** Whole messages of one connection, out of whatever chunks TCP brings. A payload is valid during the call alone. */
export class FrameReader {
  readonly #onMessage: (payload: Buffer, isBinary: boolean) => void;
  #rest: Buffer | null = null;

  constructor(onMessage: (payload: Buffer, isBinary: boolean) => void) {
    this.#onMessage = onMessage;
  }

  /** Throws where the server sends a fragment: a hub never does. */
  take(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const head = headAt(bytes, at);
      if (head === null || at + head.headerBytes + head.payloadBytes > bytes.length) break;
      const from = at + head.headerBytes;
      at = from + head.payloadBytes;
      if (head.opcode <= BINARY) {
        this.#onMessage(bytes.subarray(from, at), head.opcode === BINARY);
      }
    }
    this.#rest = at === bytes.length ? null : bytes.subarray(at);
  }
}

interface Head {
  readonly opcode: number;
  readonly headerBytes: number;
  readonly payloadBytes: number;
}

const FINAL = 0x80;
const BINARY = 2;
const MASKED = 0x80;
const MASK_BYTES = 4;

/** null: the header is not all there yet. */
function headAt(bytes: Buffer, at: number): Head | null {
  const left = bytes.length - at;
  if (left < 2) return null;
  const first = bytes.readUInt8(at);
  const short = bytes.readUInt8(at + 1);
  if ((first & FINAL) === 0) throw new Error('the server sent a fragment');
  const opcode = first & 0x0f;
  if (short < 126) return { opcode, headerBytes: 2, payloadBytes: short };
  if (short === 126) {
    return left < 4 ? null : { opcode, headerBytes: 4, payloadBytes: bytes.readUInt16BE(at + 2) };
  }
  if (left < 10) return null;
  return { opcode, headerBytes: 10, payloadBytes: Number(bytes.readBigUInt64BE(at + 2)) };
}

/** Of a server's frame: two bytes and the length where it does not fit in them. */
export function frameHeaderBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes <= 0xffff ? 4 : 10;
}

/** A client's frame. Its mask is four zero bytes: allowed, and the payload stays as it is. */
export function clientFrame(payload: Uint8Array, opcode: 'text' | 'binary'): Buffer {
  const headerBytes = frameHeaderBytes(payload.length);
  const frame = Buffer.alloc(headerBytes + MASK_BYTES + payload.length);
  frame.writeUInt8(FINAL | (opcode === 'binary' ? BINARY : 1), 0);
  if (headerBytes === 2) {
    frame.writeUInt8(MASKED | payload.length, 1);
  } else if (headerBytes === 4) {
    frame.writeUInt8(MASKED | 126, 1);
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame.writeUInt8(MASKED | 127, 1);
    frame.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  frame.set(payload, headerBytes + MASK_BYTES);
  return frame;
}
