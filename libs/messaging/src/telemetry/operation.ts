import { type TraceContext, childTrace, runInTrace } from '@lethe/kernel';
import {
  type Context,
  type Span,
  ProxyTracer,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  context,
  trace,
} from '@opentelemetry/api';
import { ATTRIBUTE } from './conventions.js';
import { SCOPE } from './instruments.js';

/** A piece of work on messages, as traces show it. */
export interface Operation {
  /** Where the work stands: the span that an OpenTelemetry SDK made, else a child of what came before (R35). */
  readonly trace: TraceContext;
  /** Runs the work, and all that it awaits, inside the trace. */
  run<T>(work: () => T): T;
}

/** Work that no SDK records. */
export class UnrecordedOperation implements Operation {
  readonly trace: TraceContext;

  constructor(parent: TraceContext | undefined) {
    this.trace = childTrace(parent);
  }

  run<T>(work: () => T): T {
    return runInTrace(this.trace, work);
  }
}

/** Work with a span of OpenTelemetry: it is both the SDK's active span and `currentTrace()`. */
export class RecordedOperation implements Operation {
  readonly trace: TraceContext;
  readonly #context: Context;

  constructor(
    readonly span: Span,
    parent: Context,
  ) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.trace = { traceId, spanId, sampled: (traceFlags & 1) === 1 };
    this.#context = trace.setSpan(parent, span);
  }

  run<T>(work: () => T): T {
    return context.with(this.#context, () => runInTrace(this.trace, work));
  }

  /** Ends the span, as failed where there is an error type. */
  end(errorType?: string, error?: unknown): void {
    if (errorType !== undefined) {
      this.span.setAttribute(ATTRIBUTE.errorType, errorType);
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : errorType });
      if (error instanceof Error) this.span.recordException(error);
    }
    this.span.end();
  }
}

/** What `error.type` says of an error: its name, which tells kinds apart and has few values. */
export function errorTypeOf(error: unknown): string {
  return error instanceof Error && error.name !== '' ? error.name : '_OTHER';
}

/** A trace context as OpenTelemetry writes it. */
export function spanContextOf({ traceId, spanId, sampled }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true };
}

/** Whether a span is one of an SDK: without one, the API gives back the parent's context, or an invalid one. */
export function isOwn(span: SpanContext, parent: SpanContext | undefined): boolean {
  return trace.isSpanContextValid(span) && span.spanId !== parent?.spanId;
}

/** The tracer of the SDK that is registered now; undefined where there is none, so that nothing is made for nobody. */
export function registeredTracer(): Tracer | undefined {
  const tracer = trace.getTracer(SCOPE);
  return tracer instanceof ProxyTracer ? undefined : tracer;
}
