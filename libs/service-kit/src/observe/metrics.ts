import { type CallCounter } from '@lethe/aws';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { EmfMetric } from '../emf/emf-metric.js';
import { kitMetrics } from '../emf/kit-metrics.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of one replica in Prometheus' text format; `registry` takes further ones. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #shed: Counter;
  readonly #published: EmfMetric[] = [...kitMetrics];

  /** Process, heap and event loop delay (R12), HTTP, and AWS calls by operation. */
  constructor(service: string, calls: CallCounter, inFlight: () => number) {
    const { registry } = this;
    registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: registry });
    this.#requests = new Histogram({
      name: 'http_server_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers: [registry],
    });
    this.#shed = new Counter({
      name: 'http_server_requests_shed_total',
      help: 'Requests refused because too many were in flight.',
      registers: [registry],
    });
    const gauge: Gauge = new Gauge({
      name: 'http_server_requests_in_flight',
      help: 'Requests being answered.',
      registers: [registry],
      collect: (): void => gauge.set(inFlight()),
    });
    countCalls(registry, calls);
  }

  /** Those that also go to CloudWatch where `METRICS=emf`. */
  get published(): readonly EmfMetric[] {
    return this.#published;
  }

  /** Lets further metrics of the registry go to CloudWatch. */
  publish(...metrics: readonly EmfMetric[]): void {
    this.#published.push(...metrics);
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds);
  }

  observeShed(): void {
    this.#shed.inc();
  }
}

function countCalls(registry: Registry, calls: CallCounter): void {
  const attempts = new Counter({
    name: 'aws_sdk_attempts_total',
    help: 'HTTP requests to AWS, retries included, by operation.',
    labelNames: ['operation'],
    registers: [registry],
    collect: () => {
      attempts.reset();
      for (const [operation, totals] of Object.entries(calls.snapshot())) attempts.inc({ operation }, totals.attempts);
    },
  });
  const failures = new Counter({
    name: 'aws_sdk_failures_total',
    help: 'AWS operations that failed for good, by operation.',
    labelNames: ['operation'],
    registers: [registry],
    collect: () => {
      failures.reset();
      for (const [operation, totals] of Object.entries(calls.snapshot())) failures.inc({ operation }, totals.failures);
    },
  });
}
