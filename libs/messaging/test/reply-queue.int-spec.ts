import { systemTimers, uuidv7 } from '@lethe/kernel';
import { deferred, eventually } from '@lethe/testing';
import { encodeMessage, queueName } from '@lethe/topology';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DeleteQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { Controller } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { Handles } from '../src/nest/handles.js';
import { injectFault, outage } from './faults.fixture.js';
import { Forget, type Market, Price, Prices, catalog, createMarket, replyQueues, sendRaw } from './reply.fixture.js';

const gate = deferred();

@Controller()
class CatalogController {
  @Handles(catalog, Price)
  async price({ data }: { readonly data: { readonly sku: string } }): Promise<{ cents: number }> {
    if (data.sku === 'slow') await gate.promise;
    return { cents: 1 };
  }
  @Handles(catalog, Prices)
  prices(): { cents: number } {
    return { cents: 2 };
  }
  @Handles(catalog, Forget)
  forget(): void {}
}

const HOURS = 3_600_000;
/** The clock of a client that starts so much later. */
const later = (ms: number) => ({ ...systemTimers, now: () => systemTimers.now() + ms });

describe('a reply queue', () => {
  let market: Market;
  beforeEach(async () => {
    market = await createMarket();
    await market.serve(CatalogController);
  });
  afterEach(() => market.close());

  it('is removed by a later client where its own was killed, and by none while that lives', async () => {
    // Never closed, as if killed.
    await firstValueFrom(market.client().request(Price, { sku: 'abc' }));
    const [orphan] = await replyQueues(market);

    await firstValueFrom(market.client({ timers: later(HOURS / 2) }).request(Price, { sku: 'abc' }));
    expect(await replyQueues(market)).toContain(orphan);
    await firstValueFrom(market.client({ timers: later(1.4 * HOURS) }).request(Price, { sku: 'abc' }));

    await eventually(async () => expect(await replyQueues(market)).not.toContain(orphan));
    expect(await replyQueues(market)).toHaveLength(2);
  });

  it('fails what waits where it is lost, and is made anew for the next request', async () => {
    const client = market.client();
    const waiting = firstValueFrom(client.request(Price, { sku: 'slow' }));
    const failing = waiting.catch((error: unknown) => error);
    const lost = await eventually(async () => {
      const [name] = await replyQueues(market);
      expect(name).toBeDefined();
      return name;
    });
    const { QueueUrl } = await market.clients.sqs.send(new GetQueueUrlCommand({ QueueName: lost }));

    await market.clients.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    gate.resolve();

    expect(await failing).toMatchObject({ name: 'RequestFailedError', reason: 'queue-lost' });

    await expect(firstValueFrom(client.request(Price, { sku: 'abc' }))).resolves.toMatchObject({ cents: 1 });
    expect(await replyQueues(market)).not.toContain(lost);
  });

  it('is tried for again where it could not be made', async () => {
    const client = market.client();
    const fault = injectFault(market.clients.sqs, 'CreateQueue', outage, 1);

    await expect(firstValueFrom(client.request(Price, { sku: 'abc' }))).rejects.toThrow(/the network is down/);
    await expect(firstValueFrom(client.request(Price, { sku: 'abc' }))).resolves.toMatchObject({ cents: 1 });
    fault.end();
  });

  it('survives polls that fail', async () => {
    const client = market.client();
    const fault = injectFault(market.clients.sqs, 'ReceiveMessage', ({ input, next }) => {
      if (!('QueueUrl' in input && String(input.QueueUrl).includes('-reply-'))) return next();
      throw new Error('the network is down');
    });
    const asking = firstValueFrom(client.request(Price, { sku: 'abc' }));
    await eventually(() =>
      expect(market.lines).toContainEqual(expect.objectContaining({ message: 'the reply queue cannot be polled' })),
    );
    fault.end();

    await expect(asking).resolves.toMatchObject({ cents: 1 });
  });

  it('S46: is answered only where it is one of its asker, in this topology', async () => {
    const { topology } = market;
    const foreign = [
      queueName(topology.name, 'catalog'),
      'other-shop-reply-0123456789abcdef',
      `${topology.name}-catalog-reply-0123456789abcdef`,
      `${topology.name}-shop-reply-0123456789abcdef/../x`,
      'https://sqs.example.org/000000000000/queue',
    ];
    const sent = injectFault(market.clients.sqs, 'SendMessageBatch', ({ next }) => next());

    for (const queue of foreign) {
      const body = encodeMessage(Price, { sku: 'abc' }, { id: uuidv7(), source: 'shop', time: Date.now() });
      await sendRaw(market, body, { type: Price.type, 'reply-to': queue });
    }

    await eventually(() => {
      const refused = market.lines.filter(({ message }) => message.startsWith('an answer was asked for elsewhere'));
      expect(refused).toHaveLength(foreign.length);
    });
    expect(sent.calls).toBe(0);
  });

  it('is gone where its asker was killed: the request is done all the same', async () => {
    const body = encodeMessage(Price, { sku: 'abc' }, { id: uuidv7(), source: 'shop', time: Date.now() });

    await sendRaw(market, body, { 'reply-to': `${market.topology.name}-shop-reply-0123456789abcdef` });

    await eventually(() => {
      const gone = market.lines.filter(({ message }) => message.startsWith('nobody waits for this reply'));
      expect(gone).toMatchObject([{ level: 'debug' }]);
    });
  });
});
