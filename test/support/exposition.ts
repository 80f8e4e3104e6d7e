/** Reads what /metrics shows. */

export interface ShownMetric {
  readonly type: string;
  readonly help: string;
  /** All label names of its samples; a histogram's `le` is left out. */
  readonly labels: Set<string>;
  /** Names of its samples: its own, or with `_bucket`, `_sum` and `_count`. */
  readonly samples: Set<string>;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function samplesOf(exposition: string): Sample[] {
  return exposition.split('\n').flatMap((line) => {
    const match = SAMPLE.exec(line);
    if (match === null) return [];
    const [, name = '', labels = '', value = ''] = match;
    const pairs = Array.from(labels.matchAll(LABEL), ([, label = '', of = '']) => [label, of]);
    return [
      { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) },
    ];
  });
}

export function metricsOf(exposition: string): Map<string, ShownMetric> {
  const metrics = new Map<string, ShownMetric>();
  const helps = new Map<string, string>();
  for (const [, name = '', help = ''] of exposition.matchAll(/^# HELP (\S+) (.*)$/gm)) {
    helps.set(name, help);
  }
  for (const [, name = '', type = ''] of exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    metrics.set(name, { type, help: helps.get(name) ?? '', labels: new Set(), samples: new Set() });
  }
  for (const { name, labels } of samplesOf(exposition)) {
    const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (metric === undefined) throw new Error(`${name} has no TYPE`);
    metric.samples.add(name);
    for (const label of Object.keys(labels)) {
      if (label !== 'le' || metric.type !== 'histogram') metric.labels.add(label);
    }
  }
  return metrics;
}

/** The value of one sample; 0 where it is not shown. */
export function valueOf(exposition: string, name: string, labels: Sample['labels'] = {}): number {
  const found = samplesOf(exposition).find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, of]) => sample.labels[label] === of),
  );
  return found?.value ?? 0;
}
