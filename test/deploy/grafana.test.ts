import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBusyServer, type BusyServer } from '../server/busy-server.js';
import { metricsOf, samplesOf, type Sample } from '../support/exposition.js';
import { readExpression } from './promql.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly {
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
}

const read = (path: string) =>
  readFileSync(new URL(`../../deploy/grafana/${path}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;

type Alert = Readonly<Record<string, string>>;

/** The rule file is written in one form, a key a line, so that no reader of YAML is needed; any other line fails. */
function alerts(): Alert[] {
  const [, rules = ''] = read('alerts.yaml').split('    rules:\n');
  const found: Record<string, string>[] = [];
  for (const line of rules.trimEnd().split('\n')) {
    const [, dash, key = '', value = ''] =
      /^ {6}(- | {2})(alert|expr|for|labels|annotations):(?: (.*))?$/.exec(line) ??
      /^ {10}()(summary|description): (.*)$/.exec(line) ??
      [];
    if (key === '') throw new Error(`not in the form of the file: ${line}`);
    if (dash === '- ') found.push({});
    const alert = found.at(-1);
    if (alert !== undefined) alert[key] = value.replace(/^'(.*)'$/, '$1');
  }
  return found;
}

/** Labels that Prometheus adds to everything that it scrapes. */
const ADDED = ['job', 'instance'];

let busy: BusyServer;
let shown = '';
beforeAll(async () => {
  busy = await startBusyServer('sqlite');
  shown = await busy.metrics();
});
afterAll(() => busy.close());

/** What is wrong with an expression, in words. */
function faultsOf(expression: string, exposition: string): string[] {
  const samples = samplesOf(exposition);
  const { isBroken, selected, grouping } = readExpression(
    expression.replaceAll('$__rate_interval', '5m'),
  );
  const faults = isBroken ? ['is no PromQL'] : [];
  const labels = new Set(ADDED);
  for (const selector of selected) {
    if (selector.metric === 'up') continue;
    const ofMetric = samples.filter(({ name }) => name === selector.metric);
    if (ofMetric.length === 0) faults.push(`nothing is called ${selector.metric}`);
    for (const sample of ofMetric) {
      for (const label of Object.keys(sample.labels)) labels.add(label);
    }
    for (const [label, value] of selector.labels) {
      if (!ADDED.includes(label)) faults.push(...matcherFaults(ofMetric, label, value));
    }
  }
  for (const label of grouping) if (!labels.has(label)) faults.push(`no label ${label}`);
  return faults;
}

/** Statuses of HTTP come as they happen; the values of every other label are there from the start. */
function matcherFaults(samples: readonly Sample[], label: string, value: string): string[] {
  const values = samples.map(({ labels }) => labels[label]);
  if (values.every((each) => each === undefined)) return [`no label ${label}`];
  if (label === 'status') return [];
  const missing = value.split('|').filter((one) => !values.includes(one));
  return missing.map((one) => `${label} is never ${one}`);
}

const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

describe('the dashboard and the alerts', () => {
  it('M-DEP-1 ask for nothing but what a hub shows, in PromQL', () => {
    const expressions = [
      ...targets,
      ...alerts().map(({ alert = '', expr = '' }) => [alert, expr] as const),
    ];
    expect(expressions.length).toBeGreaterThan(60);
    const faults = expressions.flatMap(([name, expression]) =>
      faultsOf(expression, shown).map((fault) => `${name}: ${fault} in ${expression}`),
    );
    expect(faults).toEqual([]);
  });

  it.each([
    [
      'rate(expeditor_hub_ack_second_count[5m])',
      'nothing is called expeditor_hub_ack_second_count',
    ],
    ['expeditor_hub_refusals_total{kode="locked"}', 'no label kode'],
    ['expeditor_hub_refusals_total{code="lokked"}', 'code is never lokked'],
    ['sum by (vieew) (expeditor_hub_delta_bytes_total)', 'no label vieew'],
    ['sum by (view (expeditor_hub_delta_bytes_total)', 'is no PromQL'],
    ['rate(expeditor_hub_deltas_total[5])x', 'is no PromQL'],
    ['expeditor_hub_ack_seconds', 'nothing is called expeditor_hub_ack_seconds'],
  ])('M-DEP-2 a mistake is found: %s', (expression, fault) => {
    expect(faultsOf(expression, shown)).toContain(fault);
  });

  it('M-DEP-3 the dashboard has its rows, a variable for its data source, and a place for each panel', () => {
    const { panels, templating, schemaVersion } = dashboard;
    expect(schemaVersion).toBeGreaterThanOrEqual(39);
    expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Is it well?',
      'Orders and commands',
      'Fan-out',
      'Disk',
      'API',
      'Process',
    ]);
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, type, gridPos, datasource, targets = [] } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`), `${title} overlaps`).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      if (type === 'row') continue;
      expect(targets.length, title).toBeGreaterThan(0);
      for (const of of [{ datasource }, ...targets]) {
        expect(of.datasource?.uid).toBe('${datasource}');
      }
    }
  });

  it('M-DEP-4 every alert has a severity, a summary, and says what to do', () => {
    const all = alerts();
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
    for (const { alert, labels, summary = '', description = '' } of all) {
      expect(labels, alert).toMatch(/^\{ severity: (page|ticket) \}$/);
      expect(summary, alert).toContain('{{ $labels.instance }}');
      expect(description.length, alert).toBeGreaterThan(60);
    }
    expect(metricsOf(shown).get('expeditor_hub_state')?.type).toBe('gauge');
  });
});
