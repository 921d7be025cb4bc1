import { type Counter, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import { DURATION_BUCKETS, METRIC } from './conventions.js';

/** Under which spans and metrics are made. */
export const SCOPE = '@lethe/messaging';

export interface Instruments {
  readonly sent: Counter;
  readonly consumed: Counter;
  readonly settled: Counter;
  readonly operationDuration: Histogram;
  readonly processDuration: Histogram;
  readonly age: Histogram;
}

let made: { readonly of: MeterProvider; readonly instruments: Instruments } | undefined;

/**
 * The instruments of the meter provider that is registered now; instruments that do nothing where there is none. Asked
 * for at each use, since the API has no meter that would follow a provider registered later.
 */
export function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (made?.of === provider) return made.instruments;
  made = { of: provider, instruments: create(provider) };
  return made.instruments;
}

function create(provider: MeterProvider): Instruments {
  const meter = provider.getMeter(SCOPE);
  const duration = (description: string) => ({
    unit: 's',
    description,
    advice: { explicitBucketBoundaries: DURATION_BUCKETS },
  });
  const messages = (description: string) => ({ unit: '{message}', description });
  return {
    sent: meter.createCounter(METRIC.sent, messages('Messages that SNS or SQS were asked to take.')),
    consumed: meter.createCounter(METRIC.consumed, messages('Messages received.')),
    settled: meter.createCounter(METRIC.settled, messages('Deliveries that ended.')),
    operationDuration: meter.createHistogram(METRIC.operationDuration, duration('Time of a request to SNS or SQS.')),
    processDuration: meter.createHistogram(METRIC.processDuration, duration('Time of a handler.')),
    age: meter.createHistogram(METRIC.age, {
      ...duration('Time from being sent to the queue to the end of the handler.'),
      advice: { explicitBucketBoundaries: [0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900, 3_600, 21_600, 86_400] },
    }),
  };
}
