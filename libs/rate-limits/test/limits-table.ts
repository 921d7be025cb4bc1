import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClients } from '@lethe/aws';

/** Makes a table for counters and answers its name. */
export async function createLimitsTable({ dynamodb }: Pick<AwsClients, 'dynamodb'>): Promise<string> {
  const table = `limits-${randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  return table;
}
