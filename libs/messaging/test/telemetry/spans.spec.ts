import { currentTrace, formatTraceparent, runInTrace } from '@lethe/kernel';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProcessTelemetry } from '../../src/telemetry/process.js';
import { startSend } from '../../src/telemetry/send.js';
import { InMemorySdk } from './sdk.fixture.js';

const made = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
const traceparent = formatTraceparent(made);
const queue = { kind: 'queue', name: 'shop-mail' } as const;

describe('without an SDK', () => {
  it('R35: runs the work in a child of the trace that made the message', () => {
    const operation = new ProcessTelemetry('shop-mail').start({ traceparent, receiveCount: 1 });

    const seen = operation.run(() => currentTrace());
    operation.end();

    expect(seen).toEqual(operation.trace);
    expect(operation.trace).toMatchObject({ traceId: made.traceId, sampled: true });
    expect(operation.trace.spanId).not.toBe(made.spanId);
  });

  it('begins a trace where the message has none', () => {
    const { trace: begun } = new ProcessTelemetry('shop-mail').start({ receiveCount: 1 });

    expect(begun.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('sends in the trace of the work that sends', () => {
    const operation = runInTrace(made, () => startSend(queue, [{ id: 'a' }]));
    operation.end();

    expect(operation.trace.traceId).toBe(made.traceId);
  });
});

describe('with an SDK', () => {
  let sdk: InMemorySdk;
  beforeEach(() => {
    sdk = new InMemorySdk();
  });
  afterEach(() => sdk.close());

  it('R35: processing is a span of the trace that made the message, and linked to it', () => {
    const operation = new ProcessTelemetry('shop-mail').start({ id: 'm', type: 't.v1', traceparent, receiveCount: 2 });
    const inside = operation.run(() => [trace.getActiveSpan()?.spanContext().spanId, currentTrace()?.spanId]);
    operation.end();

    const [span] = sdk.spans('process shop-mail');
    expect(span?.kind).toBe(SpanKind.CONSUMER);
    expect(span?.parentSpanContext?.spanId).toBe(made.spanId);
    expect(span?.spanContext().traceId).toBe(made.traceId);
    expect(span?.links.map((link) => link.context.spanId)).toEqual([made.spanId]);
    expect(new Set(inside)).toEqual(new Set([span?.spanContext().spanId]));
    expect(span?.attributes).toMatchObject({
      'messaging.system': 'aws_sqs',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'shop-mail',
      'messaging.message.id': 'm',
    });
  });

  it('tells of a failure what it was, in the span and in the metric', async () => {
    const time = new VirtualTime();
    const telemetry = new ProcessTelemetry('shop-mail', time);
    telemetry.start({ receiveCount: 1 }).end({ reason: 'retry', error: new RangeError('too much') });
    telemetry.start({ receiveCount: 1 }).end({ reason: 'invalid-data' });
    telemetry.start({ receiveCount: 1 }).end();

    const [thrown, rejected, fine] = sdk.spans();
    expect(thrown?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'too much' });
    expect(thrown?.events.map(({ name }) => name)).toEqual(['exception']);
    expect(rejected?.attributes['error.type']).toBe('invalid-data');
    expect(fine?.status.code).toBe(SpanStatusCode.UNSET);
    const points = await sdk.points('messaging.process.duration');
    expect(points.map(({ attributes, value }) => [attributes['error.type'], value])).toEqual([
      ['RangeError', 1],
      ['invalid-data', 1],
      [undefined, 1],
    ]);
  });

  it('sending is one span for a request, with a link to the trace of each message', async () => {
    const operation = startSend({ kind: 'topic', name: 'shop-orders' }, [{ id: 'a', traceparent }, { id: 'b' }]);
    operation.run(() => expect(trace.getActiveSpan()).toBeDefined());
    operation.end({ refused: 1 });

    const [span] = sdk.spans('send shop-orders');
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.attributes).toMatchObject({
      'messaging.system': 'aws.sns',
      'messaging.operation.name': 'send',
      'messaging.batch.message_count': 2,
      'error.type': 'refused',
    });
    expect(
      span?.links.map(({ context: link, attributes }) => [link.spanId, attributes?.['messaging.message.id']]),
    ).toEqual([[made.spanId, 'a']]);
    const sent = await sdk.points('messaging.client.sent.messages');
    expect(sent.map(({ attributes, value }) => [attributes['error.type'], value])).toEqual([
      [undefined, 1],
      ['refused', 1],
    ]);
    expect(await sdk.points('messaging.client.operation.duration')).toHaveLength(1);
  });

  it('a request that fails as a whole counts each of its messages as failed', async () => {
    startSend(queue, [{ id: 'a' }, { id: 'b' }]).end({ error: new TypeError('no network') });

    const sent = await sdk.points('messaging.client.sent.messages');
    expect(sent).toEqual([expect.objectContaining({ value: 2 })]);
    expect(sent[0]?.attributes['error.type']).toBe('TypeError');
  });

  it('a send inside a handler belongs to the handling', () => {
    const handling = new ProcessTelemetry('shop-mail').start({ traceparent, receiveCount: 1 });

    handling.run(() => startSend(queue, [{ id: 'a' }]).end());
    handling.end();

    const [sending] = sdk.spans('send shop-mail');
    expect(sending?.parentSpanContext?.spanId).toBe(handling.trace.spanId);
  });

  it('a send in a trace that no SDK knows of, as of a request, goes on with that trace', () => {
    runInTrace(made, () => startSend(queue, [{ id: 'a' }]).end());

    expect(sdk.spans()[0]?.parentSpanContext?.spanId).toBe(made.spanId);
    expect(context.active()).toBeDefined();
  });
});
