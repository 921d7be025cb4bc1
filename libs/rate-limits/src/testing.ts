import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { decodeLog, encodeLog } from './store/window-log.codec.js';

/** Makes all permits of a table of counters older by so many milliseconds: so a test lets time pass without waiting. */
export async function ageCounters(table: string, dynamodb: DynamoDBClient, milliseconds: number): Promise<void> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  for (const item of Items) {
    const log = decodeLog(item['log']?.B ?? new Uint8Array());
    const aged = log.map(({ at, count }) => ({ at: at - milliseconds, count }));
    const until = Number(item['until']?.N) - milliseconds;
    const older = { ...item, log: { B: encodeLog(aged) }, until: { N: String(until) } };
    await dynamodb.send(new PutItemCommand({ TableName: table, Item: older }));
  }
}
