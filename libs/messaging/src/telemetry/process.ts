import { type Timers, parseTraceparent, systemTimers } from '@lethe/kernel';
import { type Attributes, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { ATTRIBUTE } from './conventions.js';
import { instruments } from './instruments.js';
import {
  type Operation,
  RecordedOperation,
  UnrecordedOperation,
  errorTypeOf,
  isOwn,
  registeredTracer,
  spanContextOf,
} from './operation.js';

/** What a span tells of a message that is handled. */
export interface ProcessedMessage {
  /** CloudEvents id, where the message has one, else that of SQS. */
  readonly id?: string | undefined;
  /** CloudEvents type, where the message has one. */
  readonly type?: string | undefined;
  /** The trace in which the message was made: the parent of the span. */
  readonly traceparent?: string | undefined;
  readonly receiveCount: number;
}

/** The handling of one message. */
export interface ProcessOperation extends Operation {
  /** Ends the span and measures. A retry or rejection has a reason, such as `retry` or `invalid-data`. */
  end(failure?: { readonly reason: string; readonly error?: unknown }): void;
}

function attributesOf(queue: string): Attributes {
  return {
    [ATTRIBUTE.system]: 'aws_sqs',
    [ATTRIBUTE.systemName]: 'aws.sqs',
    [ATTRIBUTE.operationName]: 'process',
    [ATTRIBUTE.operationType]: 'process',
    [ATTRIBUTE.destination]: queue,
  };
}

/** Begins the handling of messages of one queue; made once per queue, so that a message costs little without an SDK. */
export class ProcessTelemetry {
  readonly #common: Attributes;
  readonly #name: string;

  constructor(
    queue: string,
    private readonly timers: Pick<Timers, 'monotonic'> = systemTimers,
  ) {
    this.#common = attributesOf(queue);
    this.#name = `process ${queue}`;
  }

  /** Begins the handling of a message: span `process <queue>`, child of the trace that made the message, and linked to it. */
  start(message: ProcessedMessage): ProcessOperation {
    const began = this.timers.monotonic();
    const parent = parseTraceparent(message.traceparent);
    const tracer = registeredTracer();
    if (!tracer) return new Unrecorded(this, began, parent);
    const made = parent && spanContextOf(parent);
    const context = made ? trace.setSpanContext(ROOT_CONTEXT, made) : ROOT_CONTEXT;
    const links = made ? [{ context: made }] : [];
    const span = tracer.startSpan(this.#name, { kind: SpanKind.CONSUMER, attributes: this.#common, links }, context);
    if (!isOwn(span.spanContext(), made)) return new Unrecorded(this, began, parent);
    const recorded = new RecordedOperation(span, context);
    if (span.isRecording()) span.setAttributes(aboutOf(message));
    return {
      trace: recorded.trace,
      run: (work) => recorded.run(work),
      end: (failure) => {
        const type = this.measure(began, failure);
        recorded.end(type, failure?.error);
      },
    };
  }

  /** Records the time since then; gives the `error.type`, where there is a failure. */
  measure(began: number, failure: { readonly reason: string; readonly error?: unknown } | undefined) {
    const type = failure && (failure.error === undefined ? failure.reason : errorTypeOf(failure.error));
    const seconds = (this.timers.monotonic() - began) / 1_000;
    const attributes = type === undefined ? this.#common : { ...this.#common, [ATTRIBUTE.errorType]: type };
    instruments().processDuration.record(seconds, attributes);
    return type;
  }
}

class Unrecorded extends UnrecordedOperation implements ProcessOperation {
  constructor(
    private readonly telemetry: ProcessTelemetry,
    private readonly began: number,
    parent: ConstructorParameters<typeof UnrecordedOperation>[0],
  ) {
    super(parent);
  }

  end(failure?: { readonly reason: string; readonly error?: unknown }): void {
    this.telemetry.measure(this.began, failure);
  }
}

function aboutOf({ id, type, receiveCount }: ProcessedMessage): Attributes {
  return {
    ...(id === undefined ? {} : { [ATTRIBUTE.messageId]: id }),
    ...(type === undefined ? {} : { [ATTRIBUTE.messageType]: type }),
    [ATTRIBUTE.receiveCount]: receiveCount,
  };
}
