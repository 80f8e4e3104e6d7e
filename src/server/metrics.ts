/** What /metrics shows: Node's own figures and, each time it is asked, the sizes and counts that the parts keep. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Sizes and counts of one part, by name. A part's names may come and go. */
export type StatsSource = () => Readonly<Record<string, number>>;

export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
}

/** Counts that only rise are counters; their names say so, or stand here. All else is a gauge. */
const COUNTERS = new Set(['commits', 'groups', 'reads', 'recoveries']);

function isCounter(name: string): boolean {
  return name.endsWith('_total') || COUNTERS.has(name);
}

/** Each source's figures come out as `expeditor_<source>_<name>`, counters with `_total` at the end. */
export function createMetrics(sources: Readonly<Record<string, StatsSource>>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const known = new Map<string, Counter | Gauge>();

  function metric(source: string, name: string): Counter | Gauge {
    const counted = isCounter(name);
    const fullName = `expeditor_${source}_${counted ? name.replace(/(_total)?$/, '_total') : name}`;
    const found = known.get(fullName);
    if (found !== undefined) return found;
    const help = `${source}: ${name.replaceAll('_', ' ')}`;
    const options = { name: fullName, help, registers: [registry] };
    const made = counted ? new Counter(options) : new Gauge(options);
    known.set(fullName, made);
    return made;
  }

  function collect(): void {
    for (const [source, stats] of Object.entries(sources)) {
      for (const [name, value] of Object.entries(stats())) {
        const into = metric(source, name);
        into.reset();
        into.inc(value);
      }
    }
  }

  return {
    contentType: registry.contentType,
    render() {
      collect();
      return registry.metrics();
    },
  };
}
