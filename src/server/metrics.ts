/**
 * What /metrics shows: Node's own figures and, each time it is asked, the sizes, counts and distributions that the parts keep;
 * only what happens at the rate of HTTP requests is counted here. docs/metrics.md lists every name.
 */
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram as RequestHistogram,
  Registry,
  type Metric,
} from 'prom-client';
import { SECONDS, type Histogram, type Histograms } from '../base/histogram.js';

/** Sizes and counts of one part, by name, a label behind it as in `refusals_total{code="locked"}`. Names may come and go. */
export type StatsSource = () => Readonly<Record<string, number>>;

export interface MetricsOptions {
  /** By the name of the part: its figures come out as `expeditor_<part>_<name>`, counters with `_total` at the end. */
  readonly stats: Readonly<Record<string, StatsSource>>;
  readonly histograms: Readonly<Record<string, () => Histograms>>;
  /** Of this build, as labels of `expeditor_build_info`. */
  readonly build: Readonly<Record<string, string>>;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern; undefined: none was found. Never the URL, which anybody may make up. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
  answered(request: AnsweredRequest): void;
}

/** Counts that only rise are counters; their names say so, or stand here. All else is a gauge. */
const COUNTERS = new Set([
  ...['commits', 'groups', 'reads', 'recoveries'],
  ...['heads_written', 'heads_failures'],
]);

function isCounter(name: string): boolean {
  return name.endsWith('_total') || COUNTERS.has(name);
}

export function createMetrics({ stats, histograms, build }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const [part, ofPart] of Object.entries(histograms)) {
    for (const [name, histogram] of Object.entries(ofPart())) {
      registry.registerMetric(shown(`expeditor_${part}_${name}`, histogram));
    }
  }
  showBuild(registry, build);
  const requests = new RequestHistogram({
    name: 'expeditor_http_request_seconds',
    help: "From an HTTP request's arrival to the end of its answer, by the route's pattern",
    labelNames: ['method', 'route', 'status'],
    buckets: [...SECONDS],
    registers: [registry],
  });
  const figures = new StatsFigures(registry);
  return {
    contentType: registry.contentType,
    render() {
      figures.clear();
      for (const [part, source] of Object.entries(stats)) figures.take(part, source());
      return registry.metrics();
    },
    answered({ method, route = 'none', status, seconds }) {
      requests.observe({ method, route, status }, seconds);
    },
  };
}

function showBuild(registry: Registry, build: Readonly<Record<string, string>>): void {
  const info = new Gauge({
    name: 'expeditor_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: Object.keys(build),
    registers: [registry],
  });
  info.set(build, 1);
}

/** A distribution that a part keeps, in the shape that the registry takes metrics in. */
function shown(name: string, histogram: Histogram): Metric {
  const { help, bounds } = histogram;
  const get = () => {
    let reached = 0;
    const values = histogram.counts.map((count, place) => {
      reached += count;
      const labels = { le: bounds[place] ?? '+Inf' };
      return { metricName: `${name}_bucket`, labels, value: reached };
    });
    const total = [
      { metricName: `${name}_sum`, labels: {}, value: histogram.sum },
      { metricName: `${name}_count`, labels: {}, value: reached },
    ];
    return Promise.resolve({ name, help, type: 'histogram', values: [...values, ...total] });
  };
  // Of a metric the registry asks the name and `get`; its own class would cost ten times as much at each observation.
  return { name, help, get } as unknown as Metric;
}

/** `name{label="value"}` taken apart. */
const LABELLED = /^(\w+)\{(\w+)="([^"]*)"\}$/;

/** Counters and gauges made of whatever names the parts give. */
class StatsFigures {
  readonly #registry: Registry;
  readonly #known = new Map<string, Counter | Gauge>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  clear(): void {
    for (const figure of this.#known.values()) figure.reset();
  }

  take(part: string, stats: Readonly<Record<string, number>>): void {
    for (const [key, value] of Object.entries(stats)) {
      const [, name = key, label, of = ''] = LABELLED.exec(key) ?? [];
      const figure = this.#figure(part, name, label);
      if (label === undefined) figure.inc(value);
      else figure.inc({ [label]: of }, value);
    }
  }

  #figure(part: string, name: string, label: string | undefined): Counter | Gauge {
    const counted = isCounter(name);
    const fullName = `expeditor_${part}_${counted ? name.replace(/(_total)?$/, '_total') : name}`;
    const found = this.#known.get(fullName);
    if (found !== undefined) return found;
    const options = {
      name: fullName,
      help: `${part}: ${name.replaceAll('_', ' ')}`,
      labelNames: label === undefined ? [] : [label],
      registers: [this.#registry],
    };
    const made = counted ? new Counter(options) : new Gauge(options);
    this.#known.set(fullName, made);
    return made;
  }
}
