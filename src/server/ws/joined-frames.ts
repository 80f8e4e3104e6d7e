/**
 * Several frames as one piece of memory. Connections that follow the same channels are given the same frames in a tick, so what was
 * joined for one of them is kept for the next.
 */
import type { Frame } from '../../hub/connection.js';

/** Copying more than this would cost more than writing it in parts. */
export const JOINED_BYTES_MAX = 16_384;

export class JoinedFrames {
  #frames: readonly Frame[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  /** Shared with whoever was given the same: not to be changed. null: too big, to be written in its parts. */
  of(frames: readonly Frame[]): Buffer | null {
    if (this.#holds(frames)) return this.#bytes;
    const bytes = alone(frames) ?? copied(frames);
    if (bytes === null) return null;
    this.#frames = frames;
    this.#bytes = bytes;
    return bytes;
  }

  #holds(frames: readonly Frame[]): boolean {
    const held = this.#frames;
    if (held.length !== frames.length) return false;
    for (let at = 0; at < held.length; at += 1) if (held[at] !== frames[at]) return false;
    return true;
  }
}

/** A frame of one piece, as it is: as a Buffer, which Node would make of it at each write. */
function alone([first, ...others]: readonly Frame[]): Buffer | null {
  const [chunk, ...rest] = first?.chunks ?? [];
  if (chunk === undefined || others.length + rest.length > 0) return null;
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function copied(frames: readonly Frame[]): Buffer | null {
  let length = 0;
  for (const { bytes } of frames) length += bytes;
  if (length > JOINED_BYTES_MAX) return null;
  const joined = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { chunks } of frames) {
    for (const chunk of chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
  }
  return joined;
}
