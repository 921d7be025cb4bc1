import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { AwsClients, createClients } from '@lethe/aws';
import { Database, DatabaseModule } from '@lethe/database';
import { currentTrace, childTrace, runInTrace } from '@lethe/kernel';
import { Handles, SqsServer } from '@lethe/messaging';
import { provisionMessaging } from '@lethe/messaging/provision';
import { recorder } from '@lethe/testing';
import { type MessageOf, type Topology, defineTopology } from '@lethe/topology';
import { Controller, type INestApplicationContext, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbox } from '../src/outbox.js';
import { outboxMigrations } from '../src/outbox.migration.js';
import { OutboxModule } from '../src/outbox.module.js';
import { DoThing, Happened, OutboxFixture, depot, shop } from './fixture.js';

const heard = recorder<[{ readonly id: string; readonly data: unknown; readonly traceId: string | undefined }]>();

@Controller()
class DepotController {
  @Handles(depot, Happened)
  onHappened({ id, data }: MessageOf<typeof Happened>): void {
    heard({ id, data, traceId: currentTrace()?.traceId });
  }

  @Handles(depot, DoThing)
  onDoThing({ id, data }: MessageOf<typeof DoThing>): void {
    heard({ id, data, traceId: currentTrace()?.traceId });
  }
}

@Module({ controllers: [DepotController] })
class DepotModule {}

@Module({})
class ShopModule {}

@Module({})
class ClientsModule {}

describe('OutboxModule', () => {
  let fixture: OutboxFixture;
  let clients: AwsClients;
  let shopApp: INestApplicationContext;
  let depotApp: INestMicroservice;

  beforeAll(async () => {
    fixture = await OutboxFixture.create();
    clients = createClients({ region: 'us-east-1' });
    const topology = defineTopology(`t-${randomUUID().slice(0, 8)}`, [shop, depot]);
    await provisionMessaging(topology, clients);
    depotApp = await NestFactory.createMicroservice(DepotModule, {
      strategy: new SqsServer({ service: depot, topology, clients }),
      logger: false,
    });
    await depotApp.listen();
    shopApp = await startShop(topology);
  });
  afterAll(async () => {
    await depotApp.close();
    clients.close();
    await fixture.close();
  });

  const startShop = (topology: Topology): Promise<INestApplicationContext> =>
    NestFactory.createApplicationContext(
      {
        module: ShopModule,
        imports: [
          DatabaseModule.forRoot({ url: fixture.server.url, service: 'shop', migrations: outboxMigrations }),
          {
            module: ClientsModule,
            global: true,
            providers: [{ provide: AwsClients, useValue: clients }],
            exports: [AwsClients],
          },
          OutboxModule.forRoot({ service: shop, topology, accountId: '000000000000' }),
        ],
      },
      { logger: false },
    );

  it('R35: brings events by SNS and commands by SQS to the service that handles them, in the trace of their writer', async () => {
    const database = shopApp.get(Database);
    const outbox = shopApp.get<Outbox<typeof shop>>(Outbox);
    const trace = childTrace();

    const ids = await runInTrace(trace, () =>
      database.transaction(async (tx) => [
        await outbox.add(tx, Happened, { n: 1 }, { key: 'a' }),
        await outbox.add(tx, DoThing, { n: 2 }, { key: 'b' }),
      ]),
    );

    const calls = await heard.next(2);
    expect(new Map(calls.map(([message]) => [message.id, message]))).toEqual(
      new Map([
        [ids[0], { id: ids[0], data: { n: 1 }, traceId: trace.traceId }],
        [ids[1], { id: ids[1], data: { n: 2 }, traceId: trace.traceId }],
      ]),
    );
  });

  it('stops the relay at shutdown, and leaves the database to whoever opened it', async () => {
    const database = shopApp.get(Database);

    await shopApp.close();

    await database.ping();
    await database.close();
    expect(database.dataSource.isInitialized).toBe(false);
  });
});
