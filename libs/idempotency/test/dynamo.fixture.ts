import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { FakeClock } from '@lethe/testing';
import { DynamoIdempotencyKeys, type DynamoIdempotencyOptions } from '../src/dynamodb/index.js';

/** A table of its own, and the time. */
export class DynamoFixture {
  readonly clock = new FakeClock();

  private constructor(
    readonly clients: AwsClients,
    readonly table: string,
  ) {}

  static async create(): Promise<DynamoFixture> {
    const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
    const table = `idempotency-${randomUUID()}`;
    await provisionTable({ name: table, partitionKey: 'id' }, clients.dynamodb);
    return new DynamoFixture(clients, table);
  }

  keys(options: Partial<DynamoIdempotencyOptions> = {}): DynamoIdempotencyKeys {
    return new DynamoIdempotencyKeys({ clients: this.clients, table: this.table, clock: this.clock, ...options });
  }

  async items() {
    return (await this.clients.dynamodb.send(new ScanCommand({ TableName: this.table }))).Items ?? [];
  }

  async clear(): Promise<void> {
    for (const { id } of await this.items()) {
      if (id !== undefined) {
        await this.clients.dynamodb.send(new DeleteItemCommand({ TableName: this.table, Key: { id } }));
      }
    }
  }

  close(): void {
    this.clients.close();
  }
}
