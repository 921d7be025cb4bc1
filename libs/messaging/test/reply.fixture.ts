import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createClients } from '@lethe/aws';
import { recorder } from '@lethe/testing';
import { defineCommand, defineService, defineTopology, queueName } from '@lethe/topology';
import { GetQueueUrlCommand, ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { textAttributes } from '../src/batches.js';
import { SqsClientProxy, type SqsClientProxyOptions } from '../src/nest/client-proxy.js';
import type { Settled } from '../src/consumer/consumer.types.js';
import { MessagePublisher } from '../src/publisher.js';
import { provisionMessaging } from '../src/provision.js';
import { SqsServer } from '../src/nest/sqs-server.js';
import { ACCOUNT, REGION } from './store.fixture.js';

const price = { owner: 'catalog', description: 'A question.', data: z.object({ sku: z.string().min(2) }) } as const;
const reply = z.object({ cents: z.int(), currency: z.string().default('EUR') });

export const Price = defineCommand({ ...price, name: 'price', version: 1, reply });
export const Prices = defineCommand({ ...price, name: 'prices', version: 1, reply });
/** A command that nobody waits for. */
export const Forget = defineCommand({ ...price, name: 'forget', version: 1 });

export const catalog = defineService({ name: 'catalog', handles: [Price, Prices, Forget] });
export const shop = defineService({ name: 'shop', sends: [Price, Prices, Forget] });

@Module({})
class CatalogModule {}

function keepingLogger() {
  const lines: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

/** Two services of which one asks the other, under names of this test's own. */
export async function createMarket() {
  const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [catalog, shop]);
  const clients = createClients({ region: process.env['AWS_REGION'] ?? REGION });
  await provisionMessaging(topology, clients);
  const publisher = new MessagePublisher({ topology, clients, accountId: ACCOUNT });
  const closers: (() => Promise<void>)[] = [];
  const { lines, logger } = keepingLogger();

  return {
    topology,
    clients,
    publisher,
    /** What both sides have logged. */
    lines,
    /** A client of the shop. */
    client(options: Partial<SqsClientProxyOptions> = {}): SqsClientProxy {
      const client = new SqsClientProxy({ service: shop, topology, publisher, clients, logger, ...options });
      closers.push(() => client.close());
      return client;
    },
    /** A replica of the catalog. */
    async serve(controller: Type) {
      const server = new SqsServer({ service: catalog, topology, clients, logger, backoff: { base: 0, cap: 0 } });
      const settled = recorder<[Pick<Settled, 'outcome' | 'receiveCount' | 'type'>]>();
      server.on('settled', settled);
      const metadata = { module: CatalogModule, controllers: [controller] };
      const app = await NestFactory.createMicroservice(metadata, { strategy: server, logger: false });
      closers.push(() => app.close());
      await app.listen();
      return { app, settled };
    },
    async close(): Promise<void> {
      for (const close of closers.toReversed()) await close();
      clients.close();
    },
  };
}

export type Market = Awaited<ReturnType<typeof createMarket>>;

/** Puts a body into the catalog's queue, with these attributes. */
export async function sendRaw(
  { topology, clients }: Market,
  body: string,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const QueueName = queueName(topology.name, 'catalog');
  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
  const MessageAttributes = textAttributes(attributes);
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
}

/** Names of the shop's reply queues that there are. */
export async function replyQueues({ topology, clients }: Market): Promise<string[]> {
  const QueueNamePrefix = `${topology.name}-shop-reply-`;
  const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({ QueueNamePrefix }));
  return QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1));
}
