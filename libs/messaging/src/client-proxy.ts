import type { AwsClients } from '@lethe/aws';
import { type Clock, currentTrace, formatTraceparent, systemClock, uuidv7 } from '@lethe/kernel';
import { type MessageDefinition, type ServiceDefinition, encodeMessage } from '@lethe/topology';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { RequestReplyError, UndeclaredMessageError } from './messaging.errors.js';
import type { MessagePublisher } from './publisher.js';

export interface SqsClientProxyOptions {
  readonly service: ServiceDefinition;
  readonly publisher: MessagePublisher;
  readonly clients: AwsClients;
  readonly clock?: Clock;
}

/**
 * Nest's client over SNS and SQS: `emit(OrderPlaced.type, data)`. The observable ends when SNS or SQS has the message,
 * and errs where the service does not declare it, its data breaks its schema, or it was refused. What must not be lost
 * between a commit and the send goes through the outbox instead.
 */
export class SqsClientProxy extends ClientProxy {
  constructor(private readonly options: SqsClientProxyOptions) {
    super();
  }

  /** Nothing to open: each request is a call of its own. */
  override async connect(): Promise<void> {}

  override async close(): Promise<void> {}

  override on(): never {
    throw new RequestReplyError('on');
  }

  /** The SQS client. */
  override unwrap<T>(): T {
    return this.options.clients.sqs as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    callback({ err: new RequestReplyError(String(packet.pattern)), isDisposed: true });
    return () => undefined;
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { service, publisher, clock = systemClock } = this.options;
    const definition = this.#definitionOf(String(packet.pattern));
    const trace = currentTrace();
    const traceparent = trace && formatTraceparent(trace);
    const time = clock.now();
    const id = uuidv7(time);
    const body = encodeMessage(definition, packet.data, { id, source: service.name, time, traceparent });
    const [result] = await publisher.publishBatch([{ id, definition, body, traceparent }]);
    if (result?.error) throw result.error;
    return undefined as T;
  }

  #definitionOf(type: string): MessageDefinition {
    const { publishes, sends, name } = this.options.service;
    const definition = [...publishes, ...sends].find((message) => message.type === type);
    if (!definition) throw new UndeclaredMessageError(name, type, 'neither publishes nor sends');
    return definition;
  }
}
