import type { TraceContext } from '@lethe/kernel';
import { ProxyTracer, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request's span, where an SDK is registered that makes one; it is the trace of all that the request leads to (R35). */
export function startRequestSpan(method: string, parent: TraceContext | undefined): Span | undefined {
  const tracer = trace.getTracer('@lethe/service-kit');
  if (tracer instanceof ProxyTracer) return undefined;
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId: parent.traceId,
          spanId: parent.spanId,
          traceFlags: parent.sampled ? 1 : 0,
          isRemote: true,
        });
  return tracer.startSpan(method, { kind: SpanKind.SERVER }, context);
}

/** The span as what the store hands on. */
export function traceOfSpan(span: Span): TraceContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & 1) === 1 };
}

/** Ends it by the conventions for HTTP servers: the route's template, never the path; an error is one of ours (5xx). */
export function endRequestSpan(
  span: Span,
  { method, routeOptions }: FastifyRequest,
  { statusCode }: FastifyReply,
): void {
  const route = routeOptions.url ?? 'unmatched';
  span.updateName(`${method} ${route}`);
  span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': statusCode });
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
