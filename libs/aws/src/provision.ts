import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

/** A table with a string as its partition key and no sort key. */
export interface TableDeclaration {
  readonly name: string;
  readonly partitionKey: string;
}

/** Waits in seconds. */
const WAIT = { maxWaitTime: 60, minDelay: 0.1, maxDelay: 2 } as const;

/**
 * Makes the table where there is none, billed on demand, and waits until it is active; one that exists is left as it is.
 * For development and tests: in production a table is your infrastructure's code, with its TTL and its backups.
 */
export async function provisionTable(
  { name, partitionKey }: TableDeclaration,
  dynamodb: DynamoDBClient,
): Promise<void> {
  try {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client: dynamodb, ...WAIT }, { TableName: name });
}
