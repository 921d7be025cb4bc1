import { type Actor, currentActor, parseTraceparent } from '@lethe/kernel';
import { recorder } from '@lethe/testing';
import { defineCommand, defineEvent, defineService, encodeMessage, upcast } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Received } from '../consumer/consumer.types.js';
import { type Delivery, Dispatcher, type DispatcherOptions } from './dispatch.js';
import type { HandlerOutcome } from '../handler-outcome.js';
import { ClaimCheckError } from '../messaging.errors.js';
import { ClaimCheck } from '../sending/claim-check.js';

const spec = { owner: 'shop', name: 'opened', description: 'x' } as const;
const V1 = defineEvent({ ...spec, version: 1, data: z.object({ n: z.int() }) });
const V2 = defineEvent({
  ...spec,
  version: 2,
  data: z.object({ count: z.int() }),
  upcasts: [upcast(V1, ({ n }) => ({ count: n }))],
});
const shop = defineService({ name: 'shop', publishes: [V1], handles: [V2] });

const Restock = defineCommand({ ...spec, name: 'restock', version: 1, data: z.object({ n: z.int() }) });
const buyer = defineService({ name: 'buyer', sends: [Restock] });

const id = '018f4d3a-0000-7000-8000-0000000000ff';
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const body = encodeMessage(V1, { n: 1 }, { id, source: 'shop', time: 0, traceparent });
const received = (text: string): Received => ({
  sqsMessageId: 's',
  receiptHandle: 'r',
  body: text,
  receiveCount: 1,
  attributes: {},
});
const { signal } = new AbortController();

function dispatcher(options: Partial<DispatcherOptions> = {}) {
  const invoke = recorder((_delivery: Delivery): Promise<HandlerOutcome> => Promise.resolve({ kind: 'done' }));
  const made = new Dispatcher({
    service: shop,
    services: [shop],
    queue: 'q',
    invoke,
    handlerOf: (type) => `on ${type}`,
    ...options,
  });
  return { invoke, handle: (text: string) => made.handle(received(text), signal) };
}

/** A claim check whose S3 answers so. */
function claimCheck(answer: () => Promise<never>) {
  const send = recorder(answer);
  return { send, claimCheck: new ClaimCheck({ s3: { send } }, { bucket: 'b' }) };
}
const large = (dataref: string, type: string = V1.type): string => {
  const { data: _, ...envelope } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify({ ...envelope, type, dataref, databytes: 7, datasha256: '0'.repeat(64) });
};

describe('Dispatcher', () => {
  it('hands an older version to the handler of the newer, in the trace of the message', async () => {
    const { invoke, handle } = dispatcher();

    const handled = await handle(body);

    expect(invoke.calls).toMatchObject([[{ definition: V2, message: { type: V2.type, data: { count: 1 } } }]]);
    expect(handled).toMatchObject({
      outcome: { kind: 'done' },
      envelope: { id, type: V1.type },
      handler: `on ${V2.type}`,
      trace: { traceId: parseTraceparent(traceparent)?.traceId },
    });
  });

  it.each([
    ['undecodable', 'x'],
    ['invalid-envelope', '{}'],
    ['unknown-type', body.replace('opened', 'closed')],
    ['unknown-source', body.replace('"source":"shop"', '"source":"thief"')],
    ['invalid-data', body.replace('"n":1', '"n":"1"')],
  ])('R21: rejects what no retry mends: %s', async (reason, text) => {
    const { invoke, handle } = dispatcher();

    expect(await handle(text)).toMatchObject({ outcome: { kind: 'reject', reason } });
    expect(invoke.calls).toEqual([]);
  });

  it('S53: takes a command from the services that declare to send it, and from no other', async () => {
    const service = defineService({ name: 'shop', handles: [Restock] });
    const { invoke, handle } = dispatcher({ service, services: [service, buyer, shop] });
    const command = (source: string) => encodeMessage(Restock, { n: 1 }, { id, source, time: 0 });

    expect(await handle(command('buyer'))).toMatchObject({ outcome: { kind: 'done' } });
    for (const source of ['shop', 'thief'])
      expect(await handle(command(source))).toMatchObject({ outcome: { kind: 'reject', reason: 'unknown-source' } });

    expect(invoke.calls).toHaveLength(1);
  });

  it('S40: runs the handler on behalf of whoever the envelope names, whatever the data says', async () => {
    const actors: (Actor | undefined)[] = [];
    const { handle } = dispatcher({
      invoke: () => {
        actors.push(currentActor());
        return Promise.resolve({ kind: 'done' });
      },
    });
    const say = (actor: string | undefined) =>
      encodeMessage(V1, { n: 1, actor: 'user:thief@store' }, { id, source: 'shop', time: 0, actor });

    for (const actor of ['user:u-1@https://store.example/auth', 'service:shop', 'a riddle', undefined])
      await handle(say(actor));

    expect(actors).toEqual([
      { kind: 'user', id: 'u-1', issuer: 'https://store.example/auth' },
      { kind: 'service', name: 'shop' },
      undefined,
      undefined,
    ]);
  });

  it('never rejects, whatever fails', async () => {
    const failure = new Error('a hook');
    const { handle } = dispatcher({ invoke: () => Promise.reject(failure) });

    expect(await handle(body)).toMatchObject({ outcome: { kind: 'retry', error: failure } });
  });

  it('fetches data from S3 for a message that it handles, and for no other', async () => {
    const s3 = claimCheck(() => Promise.reject(new Error('S3 is down')));
    const { handle } = dispatcher({ claimCheck: s3.claimCheck });

    expect(await handle(large('s3://b/messages/1.json', 'shop.unheard.v1'))).toMatchObject({
      outcome: { kind: 'reject', reason: 'unknown-type' },
    });
    expect(s3.send.calls).toEqual([]);
    expect(await handle(large('s3://b/messages/1.json'))).toMatchObject({ outcome: { kind: 'retry' } });
    expect(s3.send.calls).toHaveLength(1);
  });

  it('rejects a reference to elsewhere, and any where no claim check is set up', async () => {
    const s3 = claimCheck(() => Promise.reject(new Error('S3 is down')));
    const expected = { outcome: { kind: 'reject', reason: 'claim-check', error: expect.any(ClaimCheckError) } };

    expect(await dispatcher({ claimCheck: s3.claimCheck }).handle(large('s3://other/messages/1.json'))).toMatchObject(
      expected,
    );
    expect(await dispatcher().handle(large('s3://b/messages/1.json'))).toMatchObject(expected);
    expect(s3.send.calls).toEqual([]);
  });
});
