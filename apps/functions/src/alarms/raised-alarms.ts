import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** The queues of which the operators were told: an item each. */
export class RaisedAlarms {
  constructor(
    private readonly dynamodb: DynamoDBClient,
    private readonly table: string,
  ) {}

  /** Those of the queues that have an item. */
  async list(queues: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(
      queues.map(async (queue) => {
        const get = new GetItemCommand({ TableName: this.table, Key: keyOf(queue), ConsistentRead: true });
        return (await this.dynamodb.send(get)).Item === undefined ? [] : [queue];
      }),
    );
    return new Set(found.flat());
  }

  async add(queue: string): Promise<void> {
    await this.dynamodb.send(new PutItemCommand({ TableName: this.table, Item: keyOf(queue) }));
  }

  async remove(queue: string): Promise<void> {
    await this.dynamodb.send(new DeleteItemCommand({ TableName: this.table, Key: keyOf(queue) }));
  }
}

function keyOf(queue: string) {
  return { id: { S: `alarm#${queue}` } };
}
