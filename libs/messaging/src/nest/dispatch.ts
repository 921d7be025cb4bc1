import { type Timers, parseActor, runAs } from '@lethe/kernel';
import {
  type Envelope,
  type Message,
  type MessageDefinition,
  type ServiceDefinition,
  isRequest,
  readMessage,
} from '@lethe/topology';
import type { Handle, Handled, Received } from '../consumer/consumer.types.js';
import type { HandlerOutcome } from '../handler-outcome.js';
import { ClaimCheckError } from '../messaging.errors.js';
import { type Incoming, IncomingReader, formatOutcome } from './incoming.js';
import { METADATA } from './packet-metadata.js';
import type { Answer } from '../reply/answer.js';
import type { Replier } from '../reply/replier.js';
import type { ClaimCheck } from '../sending/claim-check.js';
import { SqsContext } from './sqs-context.js';
import { ProcessTelemetry } from '../telemetry/process.js';

/** A message on its way to its handlers. */
export interface Delivery {
  /** The newest version, to which the message was lifted. */
  readonly definition: MessageDefinition;
  readonly message: Message;
  readonly context: SqsContext;
  /** Where someone waits for an answer. */
  readonly answer: Answer | undefined;
}

/** Runs the handlers of a message, answers where someone asked, and says what came of it. */
export type Invoke = (delivery: Delivery) => Promise<HandlerOutcome>;

export interface DispatcherOptions {
  readonly service: ServiceDefinition;
  /** All services of the topology: who may say what (S53). */
  readonly services: readonly ServiceDefinition[];
  /** Name of the queue, for handlers and traces. */
  readonly queue: string;
  readonly invoke: Invoke;
  /** `Class.method` of the handler of a type. */
  readonly handlerOf: (type: string) => string | undefined;
  /** Fetches data that is too large for a message. Without one such a message goes to the dead-letter queue. */
  readonly claimCheck?: ClaimCheck | undefined;
  /** Answers requests. Without one nobody gets an answer. */
  readonly replier?: Replier | undefined;
  readonly timers?: Timers | undefined;
}

/** Reads messages and hands them to their handlers. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #reader: IncomingReader;
  readonly #telemetry: ProcessTelemetry;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#reader = new IncomingReader(options.service, options.services);
    this.#telemetry = new ProcessTelemetry(options.queue, options.timers);
  }

  /** Ends when the handler has. Never rejects. The handler runs in the trace of the message (R35), and for its actor (S40). */
  readonly handle: Handle = async (received, signal) => {
    const incoming = this.#reader.read(received.body);
    const { envelope } = incoming;
    const operation = this.#telemetry.start({
      id: envelope?.id ?? received.sqsMessageId,
      type: envelope?.type,
      traceparent: envelope?.traceparent ?? received.attributes['traceparent']?.StringValue,
      receiveCount: received.receiveCount,
    });
    const actor = parseActor(envelope?.actor);
    const outcome = await operation.run(() => runAs(actor, () => this.#outcomeOf(incoming, received, signal)));
    operation.end(outcome.kind === 'done' ? undefined : failureOf(outcome));
    const handler = incoming.kind === 'message' ? this.#options.handlerOf(incoming.definition.type) : undefined;
    const handled: Handled = { outcome, envelope, trace: operation.trace, handler };
    return handled;
  };

  async #outcomeOf(incoming: Incoming, received: Received, signal: AbortSignal): Promise<HandlerOutcome> {
    if (incoming.kind === 'refused') return incoming.outcome;
    const { definition, envelope } = incoming;
    const answer = isRequest(definition) ? this.#options.replier?.answerTo(received, envelope, definition) : undefined;
    let message: Message;
    try {
      const whole =
        envelope.dataref === undefined ? envelope : await this.#redeemed(envelope, envelope.dataref, signal);
      message = readMessage(definition, whole);
    } catch (error) {
      return refused(formatOutcome(error), answer);
    }
    const { sqsMessageId, receiveCount, groupId } = received;
    const { queue, invoke } = this.#options;
    const metadata = received.attributes[METADATA]?.StringValue;
    const context = new SqsContext({ message, queue, sqsMessageId, receiveCount, signal, groupId, metadata });
    try {
      return await invoke({ definition, message, context, answer });
    } catch (error) {
      // Not a handler's error, which is an outcome: a fault of a hook, or of ours.
      return { kind: 'retry', error };
    }
  }

  /** The envelope with its data, which is fetched only now that the message is known to have a handler. */
  async #redeemed(envelope: Envelope, dataref: string, signal: AbortSignal): Promise<Envelope> {
    const { claimCheck } = this.#options;
    if (!claimCheck) throw new ClaimCheckError('foreign', `no claim check is set up to fetch ${dataref}`);
    return { ...envelope, data: await claimCheck.redeem(envelope, signal) };
  }
}

/** Whoever asked is told of a message that no retry mends. */
async function refused(outcome: HandlerOutcome, answer: Answer | undefined): Promise<HandlerOutcome> {
  if (outcome.kind === 'reject') await answer?.fail({ status: 'error', message: outcome.detail });
  return outcome;
}

function failureOf(outcome: Exclude<HandlerOutcome, { kind: 'done' }>) {
  const { kind, error } = outcome;
  return { reason: kind === 'reject' ? outcome.reason : 'retry', error };
}
