import { hash } from 'node:crypto';
import { Clicks, analyticsService, type Click } from '@lethe/contracts';
import { Database, migrate } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { testDatabase } from '@lethe/local-cloud';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import type { StreamBatch } from '@lethe/streaming';
import { PostgresCheckpoints } from '@lethe/streaming/postgres';
import {
  type InputOf,
  type MessageDefinition,
  type MessageOf,
  decodeEnvelope,
  encodeMessage,
  readMessage,
} from '@lethe/topology';
import { CommandBus, type ICommand } from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { databaseOptions } from '../src/analytics.database.js';
import { RecordClicks, RecordClicksHandler } from '../src/click/record-clicks.js';
import { LakeLog } from '../src/lake/lake-log.js';
import { OrderMetrics } from '../src/order/order.metrics.js';
import { OrderProcess } from '../src/order/order.process.js';

import { RecordOrder, RecordOrderHandler } from '../src/order/record-order.js';
import { RecordRefund, RecordRefundHandler } from '../src/order/record-refund.js';
import { RecordReturn, RecordReturnHandler } from '../src/order/record-return.js';
import { Pseudonyms } from '../src/pseudonym/pseudonyms.js';
import { VisitorSketches } from '../src/visitor/visitor-sketches.js';

/** A message as it lies in the queue and comes out of it: written, and read by its schema. */
export function delivered<D extends MessageDefinition>(definition: D, data: InputOf<D>): MessageOf<D> {
  const body = encodeMessage(definition, data, { id: uuidv7(), source: 'orders', time: Date.now() });
  return readMessage(definition, decodeEnvelope(body));
}

/** The use cases of the service over a database of this test's own; no queue, no stream, no HTTP. */
export class Program {
  readonly orders: OrderProcess;
  readonly #clicks: RecordClicksHandler;

  private constructor(
    readonly database: Database,
    private readonly server: Awaited<ReturnType<typeof testDatabase>>,
    exactUpTo: number,
  ) {
    const units = new UnitOfWork(database, new Outbox(analyticsService, new Wake(database)));
    const lake = new LakeLog();
    const recordOrder = new RecordOrderHandler(
      units,
      new Pseudonyms('test'),
      lake,
      new OrderMetrics({ registry: new Registry(), publish: () => undefined }),
    );
    const recordRefund = new RecordRefundHandler(units, lake);
    const recordReturn = new RecordReturnHandler(units, lake);
    this.orders = new OrderProcess({
      execute: (command: ICommand) => {
        if (command instanceof RecordOrder) return recordOrder.execute(command);
        if (command instanceof RecordRefund) return recordRefund.execute(command);
        if (command instanceof RecordReturn) return recordReturn.execute(command);
        throw new Error('no such command');
      },
    } as CommandBus);
    this.#clicks = new RecordClicksHandler(
      database,
      lake,
      new VisitorSketches(exactUpTo),
      new PostgresCheckpoints({ database, application: 'analytics' }),
    );
  }

  static async open({ exactUpTo = 50_000 } = {}): Promise<Program> {
    const server = await testDatabase();
    const options = databaseOptions({ DATABASE_URL: server.url, DATABASE_POOL_SIZE: 5 });
    await migrate(options);
    const database = new Database(options);
    await database.open();
    return new Program(database, server, exactUpTo);
  }

  /** Clicks as a shard brings them, in their order. */
  async bring(clicks: readonly Click[], shardId = 'shard-1'): Promise<void> {
    const records = clicks.map((data, at) => ({
      sequenceNumber: String(at),
      partitionKey: data.sessionId,
      arrivedAt: undefined,
      traceparent: undefined,
      data,
    }));
    const batch: Pick<StreamBatch<typeof Clicks>, 'shardId' | 'records' | 'invalid'> = {
      shardId,
      records,
      invalid: [],
    };
    await this.#clicks.execute(new RecordClicks(batch));
  }

  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>({ name: `test.${hash('md5', text)}`, text }, values);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.server.drop();
  }
}
