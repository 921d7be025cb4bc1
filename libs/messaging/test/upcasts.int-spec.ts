import { randomUUID } from 'node:crypto';
import { createClients } from '@lethe/aws';
import { recorder } from '@lethe/testing';
import { type MessageOf, defineEvent, defineService, defineTopology, upcast } from '@lethe/topology';
import { expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { lastValueFrom } from 'rxjs';
import { z } from 'zod';
import { SqsClientProxy } from '../src/nest/client-proxy.js';
import { Handles } from '../src/nest/handles.js';
import { MessagePublisher } from '../src/publisher.js';
import { provisionMessaging } from '../src/provision.js';
import { SqsServer } from '../src/nest/sqs-server.js';
import { ACCOUNT, REGION } from './store.fixture.js';

const placed = { owner: 'orders', name: 'placed', description: 'An event.' } as const;
const V1 = defineEvent({ ...placed, version: 1, data: z.object({ cents: z.int() }) });
const V2 = defineEvent({
  ...placed,
  version: 2,
  data: z.object({ total: z.object({ cents: z.int(), currency: z.string().default('EUR') }) }),
  upcasts: [upcast(V1, ({ cents }) => ({ total: { cents } }))],
});

const olderOrders = defineService({ name: 'orders', publishes: [V1] });
const newerOrders = defineService({ name: 'orders', publishes: [V2] });
const mail = defineService({ name: 'mail', handles: [V2] });

const heard = recorder<[MessageOf<typeof V2>]>();

@Controller()
class MailController {
  @Handles(mail, V2)
  onPlaced(message: MessageOf<typeof V2>): void {
    heard(message);
  }
}
@Module({ controllers: [MailController] })
class MailModule {}

it('R22: a consumer of the new version takes what an old publisher and a new one say', async () => {
  const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [olderOrders, mail]);
  const clients = createClients({ region: process.env['AWS_REGION'] ?? REGION });
  await provisionMessaging(topology, clients);
  const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT });
  const strategy = new SqsServer({ service: mail, topology, clients });
  const app = await NestFactory.createMicroservice(MailModule, { strategy, logger: false });
  await app.listen();
  const proxyOf = (service: typeof olderOrders | typeof newerOrders) =>
    new SqsClientProxy({ service, topology, publisher, clients });

  await lastValueFrom(proxyOf(olderOrders).emit(V1.type, { cents: 5 }), { defaultValue: undefined });
  await lastValueFrom(proxyOf(newerOrders).emit(V2.type, { total: { cents: 6 } }), { defaultValue: undefined });
  const messages = (await heard.next(2)).map(([{ type, data }]) => ({ type, ...data.total }));
  await app.close();
  clients.close();

  expect(messages).toHaveLength(2);
  expect(messages).toContainEqual({ type: V2.type, cents: 5, currency: 'EUR' });
  expect(messages).toContainEqual({ type: V2.type, cents: 6, currency: 'EUR' });
});
