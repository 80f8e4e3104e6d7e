/** The message that all sides but the hub send, over and over: a real delta of a line that became ready. */
import { channelName } from '#dist/protocol/channels.js';
import { encodeFramed } from '#dist/protocol/codec.js';
import { FRAME_HEAD_ROOM } from '#dist/hub/connection.js';
import { frameMessage } from '#dist/server/ws/frame.js';
import { station } from './stations.js';

export const SAMPLE_DELTA = {
  type: 'delta',
  channel: channelName({ branchId: 'main', view: 'kitchen', station: station(0) }),
  baseVersion: 104_211,
  newVersion: 104_227,
  changes: {
    order_line: {
      updated: [
        {
          id: '01930d5e-6f8a-7c3b-9a51-3f0c2b7d9e14',
          version: 31,
          status: 'ready',
          ready_at: 1_763_676_000_123,
        },
      ],
    },
  },
} as const;

/** The delta as the hub encodes it, without a frame around it. */
export function samplePayload(): Buffer {
  return Buffer.from(encodeFramed(SAMPLE_DELTA, 'msgpack', 0));
}

/** `count` WebSocket frames of the delta, one behind the other. */
export function sampleFrames(count: number): Buffer {
  const bytes = encodeFramed(SAMPLE_DELTA, 'msgpack', FRAME_HEAD_ROOM);
  const { chunks } = frameMessage([bytes], 'msgpack', FRAME_HEAD_ROOM);
  return Buffer.concat(Array.from({ length: count }, () => Buffer.concat(chunks)));
}
