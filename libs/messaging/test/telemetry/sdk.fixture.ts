import { type Attributes, context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** An SDK of OpenTelemetry that keeps everything in memory, registered until it is closed. */
export class InMemorySdk {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 3_600_000 });

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const spanProcessors = [new SimpleSpanProcessor({ exporter: this.#spans })];
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [this.#reader] }));
  }

  /** Spans that have ended. */
  spans(name?: string): ReadableSpan[] {
    return this.#spans.getFinishedSpans().filter((span) => (name ?? span.name) === span.name);
  }

  /** Points of a metric: its attributes and its sum, or the number of its measurements. */
  async points(name: string): Promise<{ attributes: Attributes; value: number }[]> {
    await this.#reader.forceFlush();
    const found = this.#metrics
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(({ metrics: all }) => all)
      .find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).map(({ attributes, value }) => ({
      attributes,
      value: typeof value === 'number' ? value : value.count,
    }));
  }

  async close(): Promise<void> {
    await this.#reader.shutdown();
    trace.disable();
    metrics.disable();
    context.disable();
  }
}
