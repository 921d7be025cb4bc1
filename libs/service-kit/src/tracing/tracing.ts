import { type AwsClients, Signer } from '@lethe/aws';
import type { OnApplicationShutdown } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { SpansRefusedError } from '../service-kit.errors.js';
import { type SpanSource, otlpRequest } from './otlp-spans.js';

export interface TracingOptions extends SpanSource {
  /** Where spans are sent, by OTLP over HTTP. Absent: no span is made, and no SDK loaded. */
  readonly url: string | undefined;
  readonly region: string;
  /** Of a hundred traces that begin here. One that a caller began is recorded if the caller recorded it. */
  readonly percent: number;
  readonly clients: AwsClients;
  readonly logger: Logger;
}

const ANSWER_MS = 5_000;

/**
 * Traces of OpenTelemetry: spans of requests and messages go to X-Ray's own OTLP endpoint, signed, or to a collector. What
 * cannot be sent is dropped and logged: no request waits for its trace.
 */
export class Tracing implements OnApplicationShutdown {
  readonly #signer = new Signer();
  #provider: { forceFlush(): Promise<void>; shutdown(): Promise<void> } | undefined;

  constructor(private readonly options: TracingOptions) {}

  /** Loads the SDK and registers it, where spans are wanted. */
  async start(): Promise<void> {
    const { url, percent } = this.options;
    if (url === undefined) return;
    const { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } =
      await import('@opentelemetry/sdk-trace');
    const { ExportResultCode: codes } = await import('@opentelemetry/core');
    const provider = new TracerProvider({
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(percent / 100) }),
      spanProcessors: [new BatchSpanProcessor({ exporter: this.#exporter(url, codes) })],
    });
    trace.setGlobalTracerProvider(provider);
    this.#provider = provider;
  }

  /** Sends what is left. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#provider === undefined) return;
    await this.#provider.shutdown();
    trace.disable();
    this.#provider = undefined;
  }

  #exporter(url: string, { SUCCESS, FAILED }: typeof ExportResultCode): SpanExporter {
    return {
      export: (spans, told) => {
        this.#send(url, spans).then(
          () => told({ code: SUCCESS }),
          (error: unknown) => {
            this.options.logger.warn({ err: error, spans: spans.length }, 'spans were not sent');
            told({ code: FAILED });
          },
        );
      },
      shutdown: () => Promise.resolve(),
    };
  }

  async #send(url: string, spans: readonly ReadableSpan[]): Promise<void> {
    const body = JSON.stringify(otlpRequest(this.options, spans));
    const response = await fetch(url, {
      method: 'POST',
      headers: await this.#headers(new URL(url), body),
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new SpansRefusedError(response.status, answer);
  }

  /** Signed for AWS's own endpoint, which takes no spans from strangers. */
  async #headers({ host, hostname, pathname }: URL, body: string): Promise<Record<string, string>> {
    const plain = { 'content-type': 'application/json' };
    if (!hostname.endsWith('.amazonaws.com')) return plain;
    const { clients, region } = this.options;
    const credentials = await clients.sqs.config.credentials();
    const scope = { region, service: 'xray', credentials, at: new Date(), path: pathname };
    const { host: _sentByFetch, ...signed } = this.#signer.sign({ ...plain, host }, body, scope);
    return signed;
  }
}
