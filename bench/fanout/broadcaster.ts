/** What is compared: one process that gives the same changes to all who listen, each in its own way. */

/** What one tick brings each subscriber. */
export type TickLoad =
  /** One change in one message. */
  | 'one a tick'
  /** Sixteen changes in sixteen messages: of a hub, a delta in each of sixteen channels. */
  | 'several a tick'
  /** Sixteen changes of one channel, which a hub tells in one delta. */
  | 'several of one channel';

/** Changes, and channels that each subscriber of the hub follows. */
export const SEVERAL = 16;

export function changesIn(load: TickLoad): number {
  return load === 'one a tick' ? 1 : SEVERAL;
}

export type Side =
  | 'the hub'
  | 'bare TCP'
  | 'ws.send of a shared buffer'
  | 'Socket.IO room'
  | 'JSON.stringify per client';

export interface Broadcaster {
  readonly port: number;
  /** One tick's messages, to every subscriber there is. */
  tick(load: TickLoad): void;
}
