import type { EmfMetric, Labels } from './emf-metric.js';
import type { Reading } from './readings.js';

/** The namespace of all metrics of the store. */
export const EMF_NAMESPACE = 'Lethe';

/** A line of CloudWatch's Embedded Metric Format, as far as the store uses it. */
export interface EmfDocument {
  readonly _aws: {
    /** Milliseconds since 1970. */
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string;
        readonly Dimensions: readonly [readonly string[]];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      },
    ];
  };
  /** Values of the dimensions and of the metrics. */
  readonly [member: string]: unknown;
}

interface Group {
  readonly dimensions: Labels;
  readonly metrics: { readonly Name: string; readonly Unit: string }[];
  readonly values: Record<string, Reading['value']>;
}

/** A document for each tuple of dimensions, with every metric that is kept under it. */
export function emfDocuments(
  timestamp: number,
  read: readonly (readonly [metric: EmfMetric, reading: Reading])[],
): EmfDocument[] {
  const groups = new Map<string, Group>();
  for (const [{ name, unit }, { dimensions, value }] of read) {
    const key = JSON.stringify(dimensions);
    const group = groups.get(key) ?? { dimensions, metrics: [], values: {} };
    group.metrics.push({ Name: name, Unit: unit });
    group.values[name] = value;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ dimensions, metrics, values }) => ({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{ Namespace: EMF_NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics: metrics }],
    },
    ...dimensions,
    ...values,
  }));
}
