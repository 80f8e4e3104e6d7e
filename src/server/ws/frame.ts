/** Puts the header of a server's WebSocket frame (RFC 6455, 5.2: whole, unmasked) before a message. */
import type { Frame, FrameMessage } from '../../hub/connection.js';
import type { Encoding } from '../../protocol/messages.js';

/** FIN with the opcode for text or binary. */
const FIRST_BYTE: Readonly<Record<Encoding, number>> = { json: 0x81, msgpack: 0x82 };

/** Up to this many bytes, a message without head room is copied behind its header, so that it goes in one write. */
const COPY_BYTES_MAX = 4_096;

function headerBytesFor(messageBytes: number): number {
  if (messageBytes <= 125) return 2;
  return messageBytes <= 0xffff ? 4 : 10;
}

function writeHeader(into: Uint8Array, encoding: Encoding, messageBytes: number): void {
  const view = new DataView(into.buffer, into.byteOffset);
  view.setUint8(0, FIRST_BYTE[encoding]);
  if (messageBytes <= 125) {
    view.setUint8(1, messageBytes);
  } else if (messageBytes <= 0xffff) {
    view.setUint8(1, 126);
    view.setUint16(2, messageBytes);
  } else {
    view.setUint8(1, 127);
    view.setUint32(2, Math.floor(messageBytes / 0x1_0000_0000));
    view.setUint32(6, messageBytes % 0x1_0000_0000);
  }
}

/** The first part with the header before it: in place where there is room, else copied or as a chunk of its own. */
function headed(first: Uint8Array, headRoom: number, headerBytes: number): Uint8Array[] {
  if (headRoom >= headerBytes) return [first.subarray(headRoom - headerBytes)];
  const body = first.subarray(headRoom);
  if (body.length > COPY_BYTES_MAX) return [new Uint8Array(headerBytes), body];
  const copy = new Uint8Array(headerBytes + body.length);
  copy.set(body, headerBytes);
  return [copy];
}

/** The caller gives the first part away: its head room is written to. */
export const frameMessage: FrameMessage = (parts, encoding, headRoom): Frame => {
  const [first = new Uint8Array(0), ...rest] = parts;
  let messageBytes = first.length - headRoom;
  for (const part of rest) messageBytes += part.length;
  const headerBytes = headerBytesFor(messageBytes);
  const chunks = headed(first, headRoom, headerBytes);
  const [start] = chunks;
  if (start !== undefined) writeHeader(start, encoding, messageBytes);
  chunks.push(...rest);
  return { chunks, headerBytes, bytes: headerBytes + messageBytes };
};
