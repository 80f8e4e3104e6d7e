/** The hub's sizes and counts by metric name. Names that end in `_total` only rise; a label stands behind its name. */
import type { ColdCache } from '../store/cold-cache.js';
import type { ConsistencyCounts } from './consistency/options.js';
import type { FanoutCounts } from './fanout/counts.js';
import type { HubBranch } from './hub-branch.js';
import type { HubState } from './hub.js';
import type { SessionCounts } from './session/counts.js';
import type { AddressLimits } from './limits/addresses.js';
import type { RequestGate } from './limits/request-gate.js';
import type { HostedSession } from './session/session-host.js';

export interface StatsSources {
  readonly sessions: ReadonlySet<HostedSession>;
  readonly branches: ReadonlyMap<string, HubBranch>;
  readonly fanout: FanoutCounts;
  readonly counts: SessionCounts;
  readonly cache: ColdCache;
  readonly checks: ConsistencyCounts;
  readonly state: HubState;
  readonly gate: RequestGate;
  readonly addresses: AddressLimits;
}

type Stats = Readonly<Record<string, number>>;

export function hubStats(sources: StatsSources): Stats {
  return {
    ...labelled('state', 'state', statesOf(sources.state)),
    ...sessionStats(sources),
    ...branchStats([...sources.branches.values()]),
    ...cacheStats(sources.cache),
    ...checkStats(sources.checks),
    ...fanoutStats(sources.fanout),
    ...limitStats(sources),
  };
}

const STATES: readonly HubState[] = ['ready', 'storage_unavailable', 'draining', 'closed'];

function statesOf(present: HubState): Stats {
  return Object.fromEntries(STATES.map((state) => [state, state === present ? 1 : 0]));
}

function sessionStats({ sessions, counts }: StatsSources): Stats {
  return {
    sessions: sessions.size,
    sessions_lagging: [...sessions].filter(({ isLagging }) => isLagging).length,
    outbox_bytes: [...sessions].reduce((sum, { outboxBytes }) => sum + outboxBytes, 0),
    requests_in_flight: [...sessions].reduce((sum, { inFlight }) => sum + inFlight, 0),
    deltas_dropped_total: counts.deltasDropped,
    lags_total: counts.lags,
    replays_total: counts.replays,
    ...labelled('refusals_total', 'code', counts.refusals),
  };
}

function branchStats(branches: readonly HubBranch[]): Stats {
  const sumOf = (value: (branch: HubBranch) => number): number =>
    branches.reduce((sum, branch) => sum + value(branch), 0);
  return {
    channels: sumOf(({ channels }) => channels.size),
    devices: sumOf(({ devices }) => devices.size),
    devices_connected: sumOf(({ devices }) => devices.connectedCount),
    devices_behind: sumOf(({ devices }) => devices.behindCount),
    hot_orders: sumOf(({ hub }) => hub.hot.orders.size),
    hot_lines: sumOf(({ hub }) => hub.hot.tables.order_line.size),
    order_leases: sumOf(({ hub }) => hub.leases.size),
    locked_records: sumOf(({ hub }) => hub.lockedRecords),
    running_commands: sumOf(({ hub }) => hub.running),
    order_reads_hot_total: sumOf(({ hub }) => hub.reader.counts.hot),
    order_reads_cache_total: sumOf(({ hub }) => hub.reader.counts.cache),
    order_reads_store_total: sumOf(({ hub }) => hub.reader.counts.store),
  };
}

function cacheStats(cache: ColdCache): Stats {
  const cold = cache.stats();
  return {
    cold_cache_entries: cold.entries,
    cold_cache_bytes: cold.bytes,
    cold_cache_hits_total: cold.hits,
    cold_cache_misses_total: cold.misses,
    cold_cache_evictions_total: cold.evictions,
    cold_cache_tags: cold.tags,
  };
}

function checkStats(checks: ConsistencyCounts): Stats {
  return {
    consistency_checks_total: checks.checks,
    inconsistencies_total: checks.inconsistencies,
    repairs_total: checks.repairs,
    external_changes_total: checks.externalChanges,
  };
}

function limitStats({ gate, addresses }: StatsSources): Stats {
  const { underWay, bound, allowances, limited, shed } = gate;
  return {
    requests_under_way: underWay,
    requests_under_way_bound: bound,
    allowances,
    addresses: addresses.size,
    ...labelled('limits_hit_total', 'kind', { ...limited, ...addresses.refused }),
    ...labelled('shed_total', 'kind', shed),
  };
}

function fanoutStats(fanout: FanoutCounts): Stats {
  const ofViews = (pick: 'deltaBytes' | 'catchUpBytes') =>
    Object.fromEntries(Object.entries(fanout.views).map(([view, counts]) => [view, counts[pick]]));
  return {
    deltas_total: fanout.deltas,
    encodes_total: fanout.encodes,
    delta_encodes_total: fanout.deltaEncodes,
    deliveries_total: fanout.deliveries,
    snapshots_total: fanout.snapshots,
    catch_ups_total: fanout.catchUps,
    resyncs_total: fanout.resyncs,
    ...labelled('resumes_total', 'outcome', { ...fanout.resumes }),
    ...labelled('delta_bytes_total', 'view', ofViews('deltaBytes')),
    ...labelled('catch_up_bytes_total', 'view', ofViews('catchUpBytes')),
  };
}

function labelled(name: string, label: string, counts: Stats): Stats {
  const entries = Object.entries(counts);
  return Object.fromEntries(entries.map(([of, count]) => [`${name}{${label}="${of}"}`, count]));
}
