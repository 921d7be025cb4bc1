import { type TraceContext, childTrace, parseTraceparent, runInTrace } from '@lethe/kernel';
import type { Span } from '@opentelemetry/api';
import { type FastifyInstance } from 'fastify';
import { endRequestSpan, startRequestSpan, traceOfSpan } from '../tracing/request-span.js';

const traces = new WeakMap<object, TraceContext>();
const spans = new WeakMap<object, Span>();

/** The trace of a Fastify request; undefined before its first hook. */
export function traceOf(request: object): TraceContext | undefined {
  return traces.get(request);
}

/**
 * Runs each request in its own span of the caller's trace (R35). The context is entered again after the body was read:
 * the socket's events, on which parsing ends, belong to no request.
 */
export function traceRequests(instance: FastifyInstance): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    const parent = parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined);
    const span = startRequestSpan(request.method, parent);
    if (span) spans.set(request, span);
    const trace = span ? traceOfSpan(span) : childTrace(parent);
    traces.set(request, trace);
    void reply.header('x-trace-id', trace.traceId);
    runInTrace(trace, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span) endRequestSpan(span, request, reply);
    done();
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    const trace = traces.get(request);
    if (trace) runInTrace(trace, done);
    else done();
  });
}
