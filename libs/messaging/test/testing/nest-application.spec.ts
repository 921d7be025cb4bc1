import 'reflect-metadata';
import { type MessageOf, defineEvent, defineService, defineTopology } from '@lethe/topology';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Reject, RetryLater } from '../../src/handler-outcome.js';
import { type HandlerResult, Handles } from '../../src/nest/handles.js';
import { SqsServer } from '../../src/nest/sqs-server.js';
import { createTestHarness } from '../../src/testing/harness/test-harness.js';

const OrderPlaced = defineEvent({
  owner: 'orders',
  name: 'order-placed',
  version: 1,
  description: 'A customer placed an order.',
  data: z.object({ orderId: z.string() }),
});
const orders = defineService({ name: 'orders', publishes: [OrderPlaced] });
const mail = defineService({ name: 'mail', handles: [OrderPlaced] });
const shop = defineTopology('shop', [orders, mail]);

type Mail = (orderId: string) => HandlerResult;
const MAIL = Symbol('mail');

@Controller()
class MailProcess {
  constructor(@Inject(MAIL) private readonly mail: Mail) {}

  @Handles(mail, OrderPlaced)
  async onOrderPlaced({ data }: MessageOf<typeof OrderPlaced>): Promise<HandlerResult> {
    return this.mail(data.orderId);
  }
}

@Module({})
class MailModule {}

async function startMail(mailOf: Mail) {
  const harness = await createTestHarness(shop);
  const strategy = new SqsServer({ ...harness.parts, service: mail });
  const module = {
    module: MailModule,
    controllers: [MailProcess],
    providers: [{ provide: MAIL, useValue: mailOf }],
  };
  const app = await NestFactory.createMicroservice(module, { strategy, logger: false });
  await harness.run(app.listen());
  return { harness, close: () => harness.run(app.close()) };
}

describe('a NestJS application in the test harness', () => {
  it('SQS-1: handles a message twice, at least, whose delete SQS forgets', async () => {
    const handled: string[] = [];
    const { harness, close } = await startMail((orderId) => void handled.push(orderId));
    harness.simulator.faults.inject('staleDelete');

    await harness.publish(OrderPlaced, { orderId: 'a' });
    await harness.idle();

    expect(handled).toEqual(['a', 'a']);
    await close();
  });

  it('puts off and retries for hours within a moment', async () => {
    let tries = 0;
    const { harness, close } = await startMail(() => {
      tries += 1;
      if (tries === 1) return new RetryLater(3_600);
      if (tries < 4) throw new Error('not yet');
      return undefined;
    });

    await harness.publish(OrderPlaced, { orderId: 'a' });
    await harness.idle();

    expect(tries).toBe(4);
    expect(harness.time.monotonic()).toBeGreaterThan(3_600_000);
    expect(harness.deadLetters(mail)).toEqual([]);
    await close();
  });

  it('R21: dead-letters what a handler rejects, with the reason', async () => {
    const { harness, close } = await startMail(() => new Reject('no such customer'));

    await harness.publish(OrderPlaced, { orderId: 'a' });
    await harness.idle();

    expect(harness.deadLetters(mail)).toEqual([
      expect.objectContaining({ reason: 'rejected', detail: 'no such customer', handler: 'MailProcess.onOrderPlaced' }),
    ]);
    expect(harness.emitted(OrderPlaced).map(({ data }) => data.orderId)).toEqual(['a']);
    await close();
  });

  it('SQS-2: an outage while it deletes is no second handling', async () => {
    const handled: string[] = [];
    const { harness, close } = await startMail((orderId) => void handled.push(orderId));
    const outage = harness.simulator.faults.inject('lostRequest', { operation: 'DeleteMessageBatch', times: 5 });

    await harness.publish(OrderPlaced, { orderId: 'a' });
    await harness.idle();

    expect([outage.struck, handled]).toEqual([5, ['a']]);
    await close();
  });
});
