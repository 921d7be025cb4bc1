import { childTrace, parseTraceparent, runInTrace } from '@lethe/kernel';
import {
  type Envelope,
  type Message,
  type MessageDefinition,
  MessageFormatError,
  type ServiceDefinition,
  decodeEnvelope,
  readMessage,
} from '@lethe/topology';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { type HandlerOutcome, recordedOutcome } from './handler-outcome.js';
import { HandlerFailedError } from './messaging.errors.js';
import { SqsContext } from './sqs-context.js';
import type { Received } from './sqs-queue.js';

/** What came of one delivery, and as much as is known of the message. */
export interface Dispatched {
  readonly outcome: HandlerOutcome;
  readonly envelope?: Envelope;
}

/** Runs the handler of a message; rejects as Nest does. */
export type Invoke = (message: Message, context: SqsContext) => Promise<void>;

/** Reads messages and hands them to their handlers. */
export class Dispatcher {
  readonly #definitions: ReadonlyMap<string, MessageDefinition>;

  constructor(
    service: ServiceDefinition,
    private readonly queue: string,
    private readonly invoke: Invoke,
  ) {
    this.#definitions = new Map(service.handles.map((definition) => [definition.type, definition]));
  }

  /** Ends when the handler has. Never rejects. The outcome is told in the trace of the message (R35). */
  async dispatch(
    received: Received,
    signal: AbortSignal,
    settle: (dispatched: Dispatched) => Promise<void>,
  ): Promise<void> {
    const read = this.#read(received);
    const traceparent = read.envelope?.traceparent ?? received.attributes['traceparent']?.StringValue;
    await runInTrace(childTrace(parseTraceparent(traceparent)), async () => {
      if ('outcome' in read) return settle(read);
      const context = new SqsContext({
        message: read.message,
        queue: this.queue,
        sqsMessageId: received.sqsMessageId,
        receiveCount: received.receiveCount,
        signal,
      });
      return settle({ outcome: await this.#handle(read.message, context), envelope: read.envelope });
    });
  }

  #read({ body }: Received): { readonly message: Message; readonly envelope: Envelope } | Dispatched {
    let envelope: Envelope | undefined;
    try {
      envelope = decodeEnvelope(body);
      const definition = this.#definitions.get(envelope.type);
      if (definition) return { message: readMessage(definition, envelope), envelope };
      const detail = `the service does not handle ${envelope.type}`;
      return { outcome: { kind: 'reject', reason: 'unknown-type', detail, error: undefined }, envelope };
    } catch (error) {
      if (!(error instanceof MessageFormatError)) throw error;
      const outcome = { kind: 'reject', reason: error.reason, detail: error.message, error } as const;
      return envelope ? { outcome, envelope } : { outcome };
    }
  }

  async #handle(message: Message, context: SqsContext): Promise<HandlerOutcome> {
    try {
      await this.invoke(message, context);
    } catch (error) {
      const recorded = recordedOutcome(context);
      if (recorded && recorded.kind !== 'done') return recorded;
      return { kind: 'retry', error: new HandlerFailedError(message.type, { cause: error }) };
    }
    // An exception filter that swallows an error does not make the message handled.
    return recordedOutcome(context) ?? { kind: 'done' };
  }
}

/**
 * Calls a handler as Nest registered it, and waits for what it returns. Nest's own handleEvent does neither: it connects
 * the stream and never sees an error. The handlers chained behind this one (`next`) are Nest's to run: it fork-joins
 * them, and walking the chain here would run them twice.
 */
export async function consume(handler: MessageHandler, message: Message, context: SqsContext): Promise<void> {
  const result: unknown = await handler(message, context);
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
