import type { AwsClients } from '@lethe/aws';
import type { Clock } from '@lethe/kernel';
import type { ServiceDefinition, Topology } from '@lethe/topology';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { SQS_TRANSPORT } from './handles.js';
import type { MessagingLogger } from './logger.js';

export interface SqsServerOptions {
  readonly service: ServiceDefinition;
  readonly topology: Topology;
  readonly clients: AwsClients;
  /** Handlers that run at once. Default 32. */
  readonly concurrency?: number;
  readonly logger?: MessagingLogger;
  readonly clock?: Clock;
  /** Milliseconds that running handlers get when the server closes. Default 20 000. */
  readonly drainMs?: number;
}

/** Nest's server side of SQS. */
export class SqsServer extends Server implements CustomTransportStrategy {
  override readonly transportId = SQS_TRANSPORT;

  constructor(readonly options: SqsServerOptions) {
    super();
  }

  override listen(callback: (error?: unknown) => void): void {
    callback();
  }

  override async close(): Promise<void> {}

  override on(): void {}

  override unwrap<T>(): T {
    return this.options.clients.sqs as T;
  }
}
