import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Histogram } from '../../src/base/histogram.js';
import { createMetrics } from '../../src/server/metrics.js';
import { metricsOf, samplesOf, valueOf } from '../support/exposition.js';
import { startBusyServer, type BusyServer } from './busy-server.js';

let busy: BusyServer;
let shown = '';
beforeAll(async () => {
  busy = await startBusyServer('sqlite');
  shown = await busy.metrics();
});
afterAll(() => busy.close());

const of = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  valueOf(shown, `expeditor_${name}`, labels);

interface Row {
  readonly name: string;
  readonly type: string;
  readonly labels: string;
}

/** The tables of docs/metrics.md. */
function documented(): Row[] {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  return Array.from(text.matchAll(/^\| `(\w+)` *\| (\w+) *\| ([\w, ]*)\|/gm), (row) => ({
    name: row[1] ?? '',
    type: row[2] ?? '',
    labels: (row[3] ?? '').trim().split(', ').sort().join(),
  }));
}

function ours(exposition: string): Row[] {
  return Array.from(metricsOf(exposition), ([name, { type, labels }]) => ({
    name,
    type,
    labels: [...labels].sort().join(),
  })).filter(({ name }) => name.startsWith('expeditor_'));
}

const byName = (a: Row, b: Row) => (a.name < b.name ? -1 : 1);

describe('/metrics', () => {
  it('M-MET-1 measures how long commands take to be acknowledged and deltas to be delivered', () => {
    const acknowledged = of('hub_ack_seconds_count');
    expect(acknowledged).toBe(5);
    expect(of('hub_ack_seconds_bucket', { le: '+Inf' })).toBe(acknowledged);
    expect(of('hub_ack_seconds_sum')).toBeGreaterThan(0);
    expect(of('hub_ack_seconds_sum')).toBeLessThan(60);
    expect(of('hub_delivery_seconds_count')).toBe(of('hub_deltas_total'));
    expect(of('hub_delivery_seconds_sum')).toBeGreaterThan(0);
  });

  it('M-MET-2 measures each group in the writer, and in it the COMMIT that waits for the disk', () => {
    const groups = of('store_groups_total');
    expect(groups).toBeGreaterThanOrEqual(4);
    expect(of('store_group_commits_count')).toBe(groups);
    expect(of('store_group_commits_sum')).toBe(of('store_commits_total'));
    expect(of('store_group_seconds_count')).toBe(groups);
    expect(of('store_commit_seconds_count')).toBe(groups);
    expect(of('store_commit_seconds_sum')).toBeGreaterThan(0);
    expect(of('store_commit_seconds_sum')).toBeLessThan(of('store_group_seconds_sum'));
    expect(of('store_wal_bytes')).toBeGreaterThan(0);
  });

  it('M-MET-3 counts refusals by code, replays, resumed screens by outcome, and bytes by view', () => {
    expect(of('hub_refusals_total', { code: 'version_conflict' })).toBe(1);
    expect(of('hub_refusals_total', { code: 'locked' })).toBe(0);
    expect(of('hub_replays_total')).toBe(1);
    expect(of('hub_resumes_total', { outcome: 'delta' })).toBe(1);
    expect(of('hub_resumes_total', { outcome: 'snapshot' })).toBe(1);
    expect(of('hub_resumes_total', { outcome: 'unchanged' })).toBe(1);
    expect(of('hub_delta_bytes_total', { view: 'orders' })).toBeGreaterThan(100);
    expect(of('hub_catch_up_bytes_total', { view: 'orders' })).toBeGreaterThan(100);
    expect(of('hub_delta_bytes_total', { view: 'board' })).toBe(0);
    expect(of('hub_delta_encodes_total')).toBe(of('hub_deltas_total'));
  });

  it('M-MET-4 says whether hub and store are well, what is connected and what runs', () => {
    expect(of('hub_state', { state: 'ready' })).toBe(1);
    expect(of('hub_state', { state: 'draining' })).toBe(0);
    expect(of('store_state', { state: 'ready' })).toBe(1);
    expect(of('store_last_io_error_timestamp_seconds')).toBe(0);
    expect(of('hub_devices_connected')).toBe(1);
    expect(of('hub_sessions')).toBe(3);
    expect(of('build_info', { durability: 'full', node: process.version })).toBe(1);
    expect(valueOf(shown, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  it("M-MET-5 times HTTP requests by the route's pattern and status, never by the URL", () => {
    expect(of('http_request_seconds_count', { route: '/healthz', status: '200' })).toBe(1);
    expect(of('http_request_seconds_count', { route: 'none', status: '404' })).toBe(1);
    const routes = samplesOf(shown).map(({ labels }) => labels['route'] ?? '');
    expect(routes.filter((route) => route.includes('nothing'))).toEqual([]);
  });

  it('M-MET-6 shows nothing of a person, device, branch, order or token', () => {
    const { customer, staff, device, note } = busy.secrets;
    for (const secret of [customer, encodeURIComponent(customer), staff, device, note, 'main']) {
      expect(shown).not.toContain(secret);
    }
    for (const token of busy.tokens) expect(shown).not.toContain(token.slice(-20));
    const labels = new Set(samplesOf(shown).flatMap((sample) => Object.keys(sample.labels)));
    for (const label of ['branch', 'device', 'staff', 'order', 'url']) {
      expect([...labels]).not.toContain(label);
    }
  });

  it('M-MET-7 every metric stands in docs/metrics.md with its type and labels, and no other', async () => {
    const inMemory = await startBusyServer('memory');
    const both = new Map(
      [...ours(await inMemory.metrics()), ...ours(shown)].map((row) => [row.name, row]),
    );
    await inMemory.close();
    expect(documented().sort(byName)).toEqual([...both.values()].sort(byName));
  });

  it('M-MET-8 adds up a distribution to its bounds, each inclusive', async () => {
    const histogram = new Histogram('Something', [1, 2.5]);
    for (const value of [0.5, 1, 2.5, 2.6, 70]) histogram.observe(value);
    const metrics = createMetrics({
      stats: {},
      histograms: { test: () => ({ things: histogram }) },
      build: {},
    });
    expect(await metrics.render()).toContain(
      [
        '# HELP expeditor_test_things Something',
        '# TYPE expeditor_test_things histogram',
        'expeditor_test_things_bucket{le="1"} 2',
        'expeditor_test_things_bucket{le="2.5"} 3',
        'expeditor_test_things_bucket{le="+Inf"} 5',
        'expeditor_test_things_sum 76.6',
        'expeditor_test_things_count 5',
      ].join('\n'),
    );
  });

  it('M-MET-9 a figure that a part gives no longer is 0, and never what it was', async () => {
    let stats: Record<string, number> = { 'hits_total{kind="a"}': 3, size: 2 };
    const metrics = createMetrics({ stats: { part: () => stats }, histograms: {}, build: {} });
    const first = await metrics.render();
    expect(valueOf(first, 'expeditor_part_hits_total', { kind: 'a' })).toBe(3);
    expect(first).toContain('# TYPE expeditor_part_hits_total counter');
    stats = { 'hits_total{kind="b"}': 1 };
    const second = await metrics.render();
    expect(second).not.toContain('kind="a"');
    expect(valueOf(second, 'expeditor_part_hits_total', { kind: 'b' })).toBe(1);
    expect(valueOf(second, 'expeditor_part_size')).toBe(0);
  });
});
