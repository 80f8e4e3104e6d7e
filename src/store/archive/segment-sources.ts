/** Every kind's source; the order is the one in which a run goes through them. */
import type { Database } from 'better-sqlite3';
import { EventSource } from './event-source.js';
import { OrderSource } from './order-source.js';
import type { SegmentSource } from './segment-source.js';

export function segmentSources(database: Database): readonly SegmentSource[] {
  return [new OrderSource(database), new EventSource(database)];
}
