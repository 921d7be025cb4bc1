import { type Timers, currentTrace, parseTraceparent, systemTimers } from '@lethe/kernel';
import { type Attributes, type Context, SpanKind, context, trace } from '@opentelemetry/api';
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
function activeContext(): Context {
  const active = context.active();
  const own = currentTrace();
  return own === undefined || trace.getSpan(active) !== undefined
    ? active
    : trace.setSpanContext(active, spanContextOf(own));
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
  const recorded = startSpan(destination, common, entries);
  const operation = recorded ?? new UnrecordedOperation(currentTrace());
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

/** The span, where an SDK makes one. */
function startSpan(
  { name }: Destination,
  common: Attributes,
  entries: readonly SentEntry[],
): RecordedOperation | undefined {
  const tracer = registeredTracer();
  if (!tracer) return undefined;
  const active = activeContext();
  const [first, ...more] = entries;
  const about = first && more.length === 0 ? { [ATTRIBUTE.messageId]: first.id } : {};
  const attributes = { ...common, ...about, [ATTRIBUTE.batchCount]: entries.length };
  const options = { kind: SpanKind.CLIENT, attributes, links: linksOf(entries) };
  const span = tracer.startSpan(`send ${name}`, options, active);
  return isOwn(span.spanContext(), trace.getSpanContext(active)) ? new RecordedOperation(span, active) : undefined;
}

function linksOf(entries: readonly SentEntry[]) {
  return entries.flatMap(({ id, traceparent }) => {
    const made = parseTraceparent(traceparent);
    return made ? [{ context: spanContextOf(made), attributes: { [ATTRIBUTE.messageId]: id } }] : [];
  });
}
