import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { dynamoSessionStore } from '../../src/index.js';
import { DynamoItems } from '../../src/dynamodb/dynamo-items.js';
import { DynamoOwnerIndex } from '../../src/dynamodb/dynamo-owner-index.js';
import { type StoreUnderTest } from './store-under-test.js';

const region = process.env['AWS_REGION'] ?? 'us-east-1';

/** Makes a table for sessions on the embedded DynamoDB. */
export async function createSessionsTable(): Promise<{ readonly name: string; drop(): Promise<void> }> {
  const clients = createClients({ region });
  const name = `sessions-${randomUUID()}`;
  await provisionTable({ name, partitionKey: 'id' }, clients.dynamodb);
  return {
    name,
    drop: async () => {
      await clients.dynamodb.send(new DeleteTableCommand({ TableName: name }));
      clients.close();
    },
  };
}

/** A table of its own, as several replicas see it. */
export async function dynamodbPlace(): Promise<StoreUnderTest> {
  const clients = createClients({ region });
  const replicas = [clients];
  const created = await createSessionsTable();
  const table = created.name;
  return {
    open: (clock) => {
      const own = createClients({ region });
      replicas.push(own);
      return Promise.resolve(dynamoSessionStore({ clients: own, table, clock }));
    },
    parts: () =>
      Promise.resolve({ items: new DynamoItems(clients, table), index: new DynamoOwnerIndex(clients, table) }),
    unreachable: () => {
      const dynamodb = new DynamoDBClient({ region, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
      return dynamoSessionStore({ clients: { dynamodb }, table });
    },
    dump: async () => {
      const { Items } = await clients.dynamodb.send(new ScanCommand({ TableName: table }));
      return JSON.stringify(Items);
    },
    close: async () => {
      await created.drop();
      for (const each of replicas) each.close();
    },
  };
}
