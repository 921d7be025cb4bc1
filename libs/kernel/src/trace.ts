import { randomHex } from './random.js';
import { type TraceContext, work } from './work.js';

export { type TraceContext } from './work.js';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` (W3C Trace Context 3.2); undefined where it is absent or malformed, as the standard asks. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const match = header === undefined ? null : TRACEPARENT.exec(header);
  if (!match) return undefined;
  const [, version, traceId = '', spanId = '', flags = '00', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** A new span: inside the parent's trace where there is one, else the root of a new trace. */
export function childTrace(parent?: TraceContext): TraceContext {
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    sampled: parent?.sampled ?? true,
  };
}

/** Runs the work, and all that it awaits, inside the trace context, for whoever acts already. */
export function runInTrace<T>(context: TraceContext, act: () => T): T {
  return work.run({ trace: context, actor: work.getStore()?.actor }, act);
}

export function currentTrace(): TraceContext | undefined {
  return work.getStore()?.trace;
}
