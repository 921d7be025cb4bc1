import { type TraceContext, type Timers, currentTrace, parseTraceparent, systemTimers } from '@lethe/kernel';
import { type Attributes, type Context, SpanKind, context, trace } from '@opentelemetry/api';
import { ATTRIBUTE } from './conventions.js';
import { SCOPE, instruments } from './instruments.js';
import {
  type Operation,
  RecordedOperation,
  UnrecordedOperation,
  errorTypeOf,
  isOwn,
  spanContextOf,
} from './operation.js';

/** What is sent: as much as a span tells of a message. */
export interface SentEntry {
  /** CloudEvents id. */
  readonly id: string;
  /** The trace in which the message was made; the span links to it. */
  readonly traceparent?: string | undefined;
}

/** One request that sends messages. */
export interface SendOperation extends Operation {
  /**
   * Ends the span and counts. Give the entries that SNS or SQS refused, or the error of the whole request.
   */
  end(result?: { readonly refused?: number; readonly error?: unknown }): void;
}

interface Destination {
  readonly kind: 'topic' | 'queue';
  readonly name: string;
}

/** The context that work of now belongs to: OpenTelemetry's active span, else the trace of `@lethe/kernel`. */
function activeContext(): { readonly active: Context; readonly parent: TraceContext | undefined } {
  const active = context.active();
  const own = currentTrace();
  return own === undefined || trace.getSpan(active) !== undefined
    ? { active, parent: own }
    : { active: trace.setSpanContext(active, spanContextOf(own)), parent: own };
}

function attributesOf({ kind, name }: Destination): Attributes {
  return {
    [ATTRIBUTE.system]: kind === 'topic' ? 'aws.sns' : 'aws_sqs',
    [ATTRIBUTE.systemName]: kind === 'topic' ? 'aws.sns' : 'aws.sqs',
    [ATTRIBUTE.operationName]: 'send',
    [ATTRIBUTE.operationType]: 'send',
    [ATTRIBUTE.destination]: name,
  };
}

/**
 * Begins one request that sends these messages: span `send <destination>`. Its kind is CLIENT and it links to the traces
 * that made the messages, since each message carries the context of its making, not that of the request.
 */
export function startSend(
  destination: Destination,
  entries: readonly SentEntry[],
  timers: Pick<Timers, 'monotonic'> = systemTimers,
): SendOperation {
  const began = timers.monotonic();
  const common = attributesOf(destination);
  const { active, parent } = activeContext();
  const [first, ...more] = entries;
  const about = first && more.length === 0 ? { [ATTRIBUTE.messageId]: first.id } : {};
  const span = trace.getTracer(SCOPE).startSpan(
    `send ${destination.name}`,
    {
      kind: SpanKind.CLIENT,
      attributes: { ...common, ...about, [ATTRIBUTE.batchCount]: entries.length },
    },
    active,
  );
  const recorded = isOwn(span.spanContext(), trace.getSpanContext(active))
    ? new RecordedOperation(span, active)
    : undefined;
  // Not with the start: without an SDK nobody would look at them.
  if (span.isRecording()) span.addLinks(linksOf(entries));
  const operation = recorded ?? new UnrecordedOperation(parent);
  return {
    trace: operation.trace,
    run: (work) => operation.run(work),
    end: ({ refused = 0, error } = {}) => {
      const type = error !== undefined ? errorTypeOf(error) : refused > 0 ? 'refused' : undefined;
      const failed = error !== undefined ? entries.length : refused;
      const { sent, operationDuration } = instruments();
      const failure = type === undefined ? common : { ...common, [ATTRIBUTE.errorType]: type };
      if (failed < entries.length) sent.add(entries.length - failed, common);
      if (failed > 0) sent.add(failed, failure);
      operationDuration.record((timers.monotonic() - began) / 1_000, failure);
      recorded?.end(type, error);
    },
  };
}

function linksOf(entries: readonly SentEntry[]) {
  return entries.flatMap(({ id, traceparent }) => {
    const made = parseTraceparent(traceparent);
    return made ? [{ context: spanContextOf(made), attributes: { [ATTRIBUTE.messageId]: id } }] : [];
  });
}
