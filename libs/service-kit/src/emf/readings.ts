import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';
import type { EmfMetric, Labels } from './emf-metric.js';
import { type Bucket, spreadOf } from './spread.js';

type Read = MetricObjectWithValues<MetricValueWithName<string>>;

/** A value, or up to a hundred, of a metric under its dimensions. */
export interface Reading {
  readonly dimensions: Labels;
  readonly value: number | readonly number[];
}

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Reads metrics again and again, and remembers of those that only grow what they were. */
export class Readings {
  readonly #before = new Map<string, number>();

  /** What became of the metric since it was read last, under each set of its dimensions. Nothing where nothing happened. */
  of(metric: EmfMetric, read: Read, service: string): Reading[] {
    const samples = this.#samples(metric, read);
    return metric.dimensions.flatMap((names) =>
      [...grouped(samples, names, service)].flatMap(([, { dimensions, members }]) => {
        const value = valueOf(metric, members);
        return value === undefined ? [] : [{ dimensions, value }];
      }),
    );
  }

  #samples(metric: EmfMetric, read: Read): Sample[] {
    const wanted = suffixOf(metric, read);
    const labelsOf = metric.labels ?? ((labels) => labels);
    return read.values
      .filter(({ metricName }) => wanted === '' || metricName === `${metric.source}${wanted}`)
      .map(({ labels, value }) => {
        const given = Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, String(text)]));
        const { le, ...rest } = given;
        const made = labelsOf(rest);
        const grown =
          metric.takes === 'greatest' ? value : this.#growth(`${metric.name}${JSON.stringify(given)}`, value);
        return { labels: le === undefined ? made : { ...made, le }, value: grown };
      });
  }

  #growth(key: string, value: number): number {
    const before = this.#before.get(key) ?? 0;
    this.#before.set(key, value);
    return value - before;
  }
}

function suffixOf({ takes }: EmfMetric, { type }: Read): '' | '_count' | '_bucket' {
  if (String(type) !== 'histogram') return '';
  return takes === 'spread' ? '_bucket' : '_count';
}

function grouped(samples: readonly Sample[], names: readonly string[], service: string) {
  const groups = new Map<string, { readonly dimensions: Labels; readonly members: Sample[] }>();
  for (const sample of samples) {
    const dimensions = Object.fromEntries(
      names.map((name) => [name, name === 'service' ? service : (sample.labels[name] ?? 'none')]),
    );
    const key = JSON.stringify(dimensions);
    const group = groups.get(key) ?? { dimensions, members: [] };
    group.members.push(sample);
    groups.set(key, group);
  }
  return groups;
}

function valueOf({ takes, factor = 1 }: EmfMetric, members: readonly Sample[]): Reading['value'] | undefined {
  if (takes === 'greatest') {
    // What was not measured yet is no number, and JSON has none for it.
    const known = members.map(({ value }) => value).filter((value) => Number.isFinite(value));
    return known.length === 0 ? undefined : Math.max(...known) * factor;
  }
  if (takes === 'increase') {
    const sum = members.reduce((all, { value }) => all + value, 0) * factor;
    return sum === 0 ? undefined : sum;
  }
  const values = spreadOf(bucketsOf(members)).map((value) => value * factor);
  return values.length === 0 ? undefined : values;
}

function bucketsOf(members: readonly Sample[]): Bucket[] {
  const counts = new Map<string, number>();
  for (const { labels, value } of members) {
    const le = labels['le'] ?? '+Inf';
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  return [...counts].map(([le, count]) => ({ le: le === '+Inf' ? Infinity : Number(le), count }));
}
