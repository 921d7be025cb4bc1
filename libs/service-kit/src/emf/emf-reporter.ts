import { type Clock, systemClock } from '@lethe/kernel';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Metrics } from '../observe/metrics.js';
import { emfDocuments } from './emf-document.js';
import type { EmfMetric } from './emf-metric.js';
import { type Reading, Readings } from './readings.js';

export interface EmfOptions {
  readonly service: string;
  readonly metrics: Metrics;
  /** Whose lines go to CloudWatch Logs, and name the service. */
  readonly logger: Logger;
  /** Seconds between two reports; 0 for none. */
  readonly everySeconds: number;
  readonly clock?: Clock;
}

/**
 * Writes what the metrics became, as lines of CloudWatch's Embedded Metric Format, at every interval and once more when the
 * replica ends. Counters tell by how much they grew, so that nothing is lost or told twice between two lines.
 */
export class EmfReporter implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #readings = new Readings();
  readonly #lines: Logger;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: EmfOptions) {
    // Metrics are no chatter: they are written whatever level of lines is.
    this.#lines = options.logger.child({}, { level: 'info', redact: [] });
    this.#clock = options.clock ?? systemClock;
  }

  onApplicationBootstrap(): void {
    const { everySeconds } = this.options;
    if (everySeconds > 0) this.#timer = setInterval(() => void this.report(), everySeconds * 1_000).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    if (this.options.everySeconds > 0) await this.report();
  }

  /** Writes a line for each tuple of dimensions of which there is something to tell. Never rejects. */
  async report(): Promise<void> {
    const read = await Promise.all(this.options.metrics.published.map((metric) => this.#read(metric)));
    for (const { _aws, ...members } of emfDocuments(this.#clock.now(), read.flat())) {
      // Each line of the logger names the service already.
      const { service: _named, ...rest } = members;
      this.#lines.info({ _aws, ...rest });
    }
  }

  async #read(metric: EmfMetric): Promise<(readonly [EmfMetric, Reading])[]> {
    const { metrics, service, logger } = this.options;
    try {
      const found = metrics.registry.getSingleMetric(metric.source);
      if (found === undefined) return [];
      return this.#readings.of(metric, await found.get(), service).map((reading) => [metric, reading]);
    } catch (error) {
      logger.warn({ err: error, metric: metric.source }, 'a metric could not be read, and is left out this time');
      return [];
    }
  }
}
