import { childTrace, currentTrace, runInTrace } from '@lethe/kernel';
import { deferred, eventually, recorder } from '@lethe/testing';
import { type MessageOf, defineCommand, defineService } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { type Observable, Subject, firstValueFrom, from, lastValueFrom, range, map, throwError, toArray } from 'rxjs';
import { z } from 'zod';
import { Reject, RetryLater } from '../src/handler-outcome.js';
import { Handles } from '../src/nest/handles.js';
import { RequestFailedError } from '../src/messaging.errors.js';
import type { SqsContext } from '../src/nest/sqs-context.js';
import { Forget, type Market, Price, Prices, catalog, createMarket, replyQueues } from './reply.fixture.js';

type Cents = { cents: number };
type Answering = (
  message: MessageOf<typeof Price>,
  context: SqsContext,
) => Promise<Cents | RetryLater | Reject> | Cents;
type Streaming = (message: MessageOf<typeof Prices>, context: SqsContext) => Observable<Cents>;

const one: Answering = () => ({ cents: 1 });
const none: Streaming = () => from([]);

/** A catalog that answers so. */
function answering(price: Answering, prices: Streaming = none) {
  @Controller()
  class CatalogController {
    @Handles(catalog, Price)
    price(message: MessageOf<typeof Price>, context: SqsContext) {
      return price(message, context);
    }
    @Handles(catalog, Prices)
    prices(message: MessageOf<typeof Prices>, context: SqsContext) {
      return prices(message, context);
    }
    @Handles(catalog, Forget)
    forget(): void {}
  }
  return CatalogController;
}

describe('client.send', () => {
  let market: Market;
  beforeEach(async () => {
    market = await createMarket();
  });
  afterEach(() => market.close());

  it('answers with what the handler returns, defaults filled in, and completes', async () => {
    await market.serve(answering(({ data }) => Promise.resolve({ cents: data.sku.length })));

    const replies = await lastValueFrom(market.client().request(Price, { sku: 'abc' }).pipe(toArray()));

    expect(replies).toEqual([{ cents: 3, currency: 'EUR' }]);
  });

  it('gives a stream of replies in order, however many, and its end', async () => {
    const stream = range(0, 2_000).pipe(map((cents) => ({ cents })));
    await market.serve(answering(one, () => stream));

    const replies = await lastValueFrom(market.client().request(Prices, { sku: 'all' }).pipe(toArray()));

    expect(replies.map(({ cents }) => cents)).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  });

  it('gives each reply of a stream as it comes, and acknowledges the request at its end', async () => {
    const stream = new Subject<Cents>();
    const replies = recorder<[unknown]>();
    const { settled } = await market.serve(answering(one, () => stream));
    const ended = deferred();

    market
      .client()
      .request(Prices, { sku: 'all' })
      .subscribe({ next: replies, complete: () => ended.resolve() });
    await eventually(() => expect(stream.observed).toBe(true));
    stream.next({ cents: 1 });
    const [[first] = []] = await replies.next();
    expect(settled.calls).toEqual([]);
    stream.complete();
    await ended.promise;
    await settled.next();

    expect(first).toMatchObject({ cents: 1 });
  });

  it('answers many requests at once, each with its own', async () => {
    await market.serve(answering(({ data }) => ({ cents: Number(data.sku) })));
    const client = market.client();
    const asked = Array.from({ length: 50 }, (_, n) => n + 10);

    const replies = await Promise.all(asked.map((n) => firstValueFrom(client.request(Price, { sku: String(n) }))));

    expect(replies.map(({ cents }) => cents)).toEqual(asked);
    expect(await replyQueues(market)).toHaveLength(1);
  });

  it('R35: handles in the trace of the asker, and replies in its context', async () => {
    const traces: unknown[] = [];
    const trace = childTrace();
    await market.serve(
      answering(() => {
        traces.push(currentTrace()?.traceId);
        return { cents: 1 };
      }),
    );
    const client = market.client();

    await runInTrace(trace, async () => {
      await lastValueFrom(client.request(Price, { sku: 'abc' }).pipe(map(() => traces.push(currentTrace()?.traceId))));
    });

    expect(traces).toEqual([trace.traceId, trace.traceId]);
  });

  it('NEST-2: carries what a dispatch hook attaches, with requests and with what is emitted', async () => {
    const heard = recorder<[unknown]>();
    await market.serve(
      answering((_message, context) => {
        heard([context.getPattern(), context.getMetadata()]);
        return { cents: 1 };
      }),
    );
    const client = market.client();
    client.setOnDispatchHook((packet) => {
      packet.metadata = { tenant: 'a' };
    });

    await firstValueFrom(client.request(Price, { sku: 'abc' }));
    await lastValueFrom(client.emit(Price.type, { sku: 'abc' }), { defaultValue: undefined });

    expect(await heard.next(2)).toEqual([[[Price.type, { tenant: 'a' }]], [[Price.type, { tenant: 'a' }]]]);
  });

  it('tells what an RpcException says, once, and does not try again', async () => {
    const { settled } = await market.serve(
      answering(() => {
        throw new RpcException({ status: 'not-found', sku: 'abc' });
      }),
    );

    const asking = firstValueFrom(market.client().request(Price, { sku: 'abc' }));

    await expect(asking).rejects.toEqual({ status: 'not-found', sku: 'abc' });
    const [[end] = []] = await settled.next();
    expect(end).toMatchObject({ outcome: 'done', receiveCount: 1 });
  });

  it('S48: tells nothing of any other error, and logs it with its cause', async () => {
    const failure = new Error('password "x" is wrong');
    await market.serve(
      answering(
        () => Promise.reject(failure),
        () => throwError(() => failure),
      ),
    );
    const client = market.client();

    for (const definition of [Price, Prices])
      await expect(firstValueFrom(client.request(definition, { sku: 'abc' }))).rejects.toEqual({
        status: 'error',
        message: 'Internal server error',
      });

    expect(market.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ err: failure, type: Price.type }) }),
    );
  });

  it('keeps the asker waiting for RetryLater, and tells the reason of a Reject', async () => {
    const { settled } = await market.serve(
      answering(({ data }, { receiveCount }) => {
        if (data.sku === 'never') return Promise.resolve(new Reject('it is sold out'));
        return Promise.resolve(receiveCount === 1 ? new RetryLater(0) : { cents: receiveCount });
      }),
    );
    const client = market.client();

    const later = firstValueFrom(client.request(Price, { sku: 'later' }));
    const never = firstValueFrom(client.request(Price, { sku: 'never' }));

    await expect(later).resolves.toMatchObject({ cents: 2 });
    await expect(never).rejects.toEqual({ status: 'error', message: 'it is sold out' });
    const ends = await settled.next(3);
    expect(ends.map(([{ outcome }]) => outcome).toSorted()).toEqual(['dead-lettered', 'done', 'retried']);
  });

  it('checks the request and the reply against their schemas, on both sides', async () => {
    await market.serve(answering(() => ({ cents: 0.5 })));
    const client = market.client();

    await expect(firstValueFrom(client.request(Price, { sku: '' }))).rejects.toThrow(/invalid-data/);
    await expect(firstValueFrom(client.request(Price, { sku: 'abc' }))).rejects.toMatchObject({
      message: 'Internal server error',
    });
    expect(market.lines).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ err: expect.objectContaining({ reason: 'invalid-data' }) }),
      }),
    );
  });

  it('tells the asker of a request that breaks the schema of its handler, and dead-letters it', async () => {
    const { settled } = await market.serve(answering(one));
    const loose = defineCommand({ ...Price, name: 'price', version: 1, data: z.object({ sku: z.string() }) });
    const client = market.client({ service: defineService({ name: 'shop', sends: [loose] }) });

    const asking = firstValueFrom(client.request(loose, { sku: '' }));

    await expect(asking).rejects.toMatchObject({ status: 'error', message: expect.stringContaining('invalid-data') });
    const [[end] = []] = await settled.next();
    expect(end).toMatchObject({ outcome: 'dead-lettered' });
  });

  it('is refused for an event, a command without a reply, and what the service does not send', async () => {
    await market.serve(answering(one));
    const client = market.client();

    await expect(firstValueFrom(client.send(Forget.type, { sku: 'abc' }))).rejects.toThrow(/not-a-request/);
    await expect(firstValueFrom(client.send('catalog.unheard.v1', {}))).rejects.toThrow(/neither publishes nor sends/);
    expect(await replyQueues(market)).toEqual([]);
  });

  it('still carries out a request that was emitted, whose reply nobody awaits', async () => {
    const { settled } = await market.serve(answering(one));

    await lastValueFrom(market.client().emit(Price.type, { sku: 'abc' }), { defaultValue: undefined });
    const [[end] = []] = await settled.next();

    expect(end).toMatchObject({ outcome: 'done', type: Price.type });
  });

  it('R11: gives up a request at its time-out, and refuses those beyond the bound', async () => {
    const gate = deferred();
    const { settled } = await market.serve(
      answering(async () => {
        await gate.promise;
        return { cents: 1 };
      }),
    );
    const client = market.client({ replyTimeoutMs: 400, maxPendingRequests: 1 });
    const dropped = recorder<[unknown]>();
    client.on('dropped', dropped);

    const first = firstValueFrom(client.request(Price, { sku: 'abc' }));
    const second = firstValueFrom(client.request(Price, { sku: 'abc' }));

    await expect(second).rejects.toMatchObject({ reason: 'overflow' });
    await expect(first).rejects.toMatchObject({ name: 'RequestFailedError', reason: 'timeout' });
    gate.resolve();
    await settled.next();
  });

  it('NEST-2: drops the reply of a request that was unsubscribed from', async () => {
    const asked = deferred();
    const gate = deferred();
    await market.serve(
      answering(async ({ data }) => {
        if (data.sku === 'first') {
          asked.resolve();
          await gate.promise;
        }
        return { cents: 1 };
      }),
    );
    const client = market.client();
    const dropped = recorder<[unknown]>();
    client.on('dropped', dropped);
    const heard = recorder();

    const subscription = client.request(Price, { sku: 'first' }).subscribe(heard);
    await asked.promise;
    subscription.unsubscribe();
    gate.resolve();
    // Replies are taken while somebody waits for one.
    await eventually(async () => {
      await firstValueFrom(client.request(Price, { sku: 'second' }));
      expect(dropped.calls).toHaveLength(1);
    });

    expect(heard.calls).toEqual([]);
  });

  it('NEST-2: fails what waits when it closes, deletes its queue, and asks no more', async () => {
    const client = market.client();
    const told: string[] = [];
    client.status.subscribe((status) => told.push(status));
    const waiting = firstValueFrom(client.request(Price, { sku: 'abc' }));
    await eventually(async () => expect(await replyQueues(market)).toHaveLength(1));

    const closing = client.close();

    await expect(waiting).rejects.toMatchObject({ reason: 'closed' });
    await closing;
    expect(await replyQueues(market)).toEqual([]);
    expect(told).toEqual(['connected', 'closed']);
    await expect(firstValueFrom(client.request(Price, { sku: 'abc' }))).rejects.toThrow(RequestFailedError);
  });
});
