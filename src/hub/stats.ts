/** The hub's sizes and counts by metric name. Names that end in `_total` only rise. */
import type { ColdCache } from '../store/cold-cache.js';
import type { FanoutCounts } from './fanout/counts.js';
import type { HubBranch } from './hub-branch.js';
import type { HostedSession } from './session/session-host.js';

export interface StatsSources {
  readonly sessions: ReadonlySet<HostedSession>;
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly counts: FanoutCounts;
  readonly cache: ColdCache;
}

export function hubStats(sources: StatsSources): Readonly<Record<string, number>> {
  const { sessions, counts, cache } = sources;
  const branches = [...sources.branches.values()];
  const sumOf = (value: (branch: HubBranch) => number): number =>
    branches.reduce((sum, branch) => sum + value(branch), 0);
  const cold = cache.stats();
  return {
    sessions: sessions.size,
    sessions_lagging: [...sessions].filter(({ isLagging }) => isLagging).length,
    outbox_bytes: [...sessions].reduce((sum, { outboxBytes }) => sum + outboxBytes, 0),
    requests_in_flight: [...sessions].reduce((sum, { inFlight }) => sum + inFlight, 0),
    channels: sumOf(({ channels }) => channels.size),
    devices: sumOf(({ devices }) => devices.size),
    hot_orders: sumOf(({ hub }) => hub.hot.orders.size),
    hot_lines: sumOf(({ hub }) => hub.hot.tables.order_line.size),
    order_leases: sumOf(({ hub }) => hub.leases.size),
    locked_records: sumOf(({ hub }) => hub.lockedRecords),
    running_commands: sumOf(({ hub }) => hub.running),
    order_reads_hot_total: sumOf(({ hub }) => hub.reader.counts.hot),
    order_reads_cache_total: sumOf(({ hub }) => hub.reader.counts.cache),
    order_reads_store_total: sumOf(({ hub }) => hub.reader.counts.store),
    cold_cache_entries: cold.entries,
    cold_cache_bytes: cold.bytes,
    cold_cache_hits_total: cold.hits,
    cold_cache_misses_total: cold.misses,
    deltas_total: counts.deltas,
    encodes_total: counts.encodes,
    deliveries_total: counts.deliveries,
    snapshots_total: counts.snapshots,
    catch_ups_total: counts.catchUps,
    resyncs_total: counts.resyncs,
  };
}
