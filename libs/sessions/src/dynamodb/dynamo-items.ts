import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { fullJitter, pause } from '@lethe/kernel';
import { SessionStoreUnavailableError } from '../sessions.errors.js';
import { type Expectation, type SessionItem, type SessionItems } from '../store/session-items.js';
import { TOUCH, conditionOf, itemOf, namesIn, number, sweepAt, valuesOf } from './session.expressions.js';

/** What the table is asked for in one item per session, under its id. */
const BATCH_ATTEMPTS = 6;
const BATCH_PAUSE = { base: 50, cap: 1_000 };

/** Answers undefined where the condition of the write does not hold. */
export async function unlessRefused<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** An item for each session. Every read is consistent, every write one item's and conditional. */
export class DynamoItems implements SessionItems {
  constructor(
    private readonly clients: { readonly dynamodb: DynamoDBClient },
    private readonly table: string,
  ) {}

  async read(id: string): Promise<SessionItem | undefined> {
    const get = new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true });
    return itemOf((await this.clients.dynamodb.send(get)).Item);
  }

  async readMany(ids: readonly string[]): Promise<SessionItem[]> {
    let wanted: Record<string, AttributeValue>[] = ids.map((id) => ({ id: { S: id } }));
    const found: SessionItem[] = [];
    for (let attempt = 1; wanted.length > 0; attempt += 1) {
      const RequestItems = { [this.table]: { Keys: wanted, ConsistentRead: true } };
      const answer = await this.clients.dynamodb.send(new BatchGetItemCommand({ RequestItems }));
      const items = (answer.Responses?.[this.table] ?? []).map(itemOf);
      found.push(...items.filter((item) => item !== undefined));
      // A throttled table answers in part (R34): what is left is asked for again, more slowly.
      wanted = answer.UnprocessedKeys?.[this.table]?.Keys ?? [];
      if (wanted.length === 0) break;
      if (attempt === BATCH_ATTEMPTS)
        throw new SessionStoreUnavailableError({ cause: new Error('DynamoDB leaves keys unprocessed') });
      await pause(fullJitter(attempt, BATCH_PAUSE));
    }
    return found;
  }

  async write(item: Omit<SessionItem, 'version'>, expected: Expectation, now: number): Promise<number | undefined> {
    const { condition, version } = conditionOf(expected);
    const writer = randomUUID();
    const set =
      `SET #json = :json, #created = :created, #touched = :touched, #expires = :expires, #ends = :ends, ` +
      `#sweep = :sweep, #writer = :writer, #version = ${version}${item.owner === undefined ? '' : ', #owner = :owner'} ` +
      `REMOVE #gone${item.owner === undefined ? ', #owner' : ''}`;
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: { id: { S: item.id } },
      UpdateExpression: set,
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(set, condition),
      ExpressionAttributeValues: {
        ...valuesOf(expected, now),
        ':writer': { S: writer },
        ':json': { S: item.json },
        ':created': number(item.createdAt),
        ':touched': number(item.touchedAt),
        ':expires': number(item.expiresAt),
        ':ends': number(item.endsAt),
        ':sweep': sweepAt(Math.min(item.expiresAt, item.endsAt)),
        ...(item.owner === undefined ? {} : { ':owner': { S: item.owner } }),
      },
      ReturnValues: 'UPDATED_NEW',
    });
    try {
      return Number((await this.clients.dynamodb.send(update)).Attributes?.['version']?.N);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK may have sent it twice, when the first answer was lost: then our own write is what refused the second.
      return (error.$metadata.attempts ?? 1) > 1 ? this.#versionBy(writer, item.id) : undefined;
    }
  }

  async touch(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
  ): Promise<SessionItem | undefined> {
    const touched = await this.#touched(id, times, now, 'ALL_NEW');
    // Refused: gone, or touched further already by a request that was faster.
    return touched ? itemOf(touched.Attributes) : this.read(id);
  }

  async extend(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
  ): Promise<void> {
    await this.#touched(id, times, now, 'NONE');
  }

  /** What DynamoDB answers; undefined where no session lives that would end before. */
  #touched(
    id: string,
    { touchedAt, expiresAt }: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
    answer: 'ALL_NEW' | 'NONE',
  ): Promise<UpdateItemCommandOutput | undefined> {
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: { id: { S: id } },
      UpdateExpression: TOUCH.set,
      ConditionExpression: TOUCH.condition,
      ExpressionAttributeNames: TOUCH.names,
      ExpressionAttributeValues: {
        ':now': number(now),
        ':touched': number(touchedAt),
        ':expires': number(expiresAt),
        ':sweep': sweepAt(expiresAt),
      },
      ReturnValues: answer,
    });
    return unlessRefused(this.clients.dynamodb.send(update));
  }

  async #versionBy(writer: string, id: string): Promise<number | undefined> {
    const get = new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true });
    const { Item } = await this.clients.dynamodb.send(get);
    return Item?.['writer']?.S === writer ? Number(Item['version']?.N) : undefined;
  }

  async remove(id: string): Promise<SessionItem | undefined> {
    const condition = 'attribute_not_exists(#gone)';
    const removal = new DeleteItemCommand({
      TableName: this.table,
      Key: { id: { S: id } },
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ReturnValues: 'ALL_OLD',
    });
    return itemOf((await unlessRefused(this.clients.dynamodb.send(removal)))?.Attributes);
  }

  async bury(id: string, owner: string, until: number, now: number): Promise<SessionItem | 'not-theirs' | undefined> {
    const condition = 'attribute_not_exists(#id) OR #owner = :owner OR attribute_exists(#gone) OR #expires <= :now';
    const put = new PutItemCommand({
      TableName: this.table,
      Item: { id: { S: id }, gone: { BOOL: true }, expiresMs: number(until), expiresAt: sweepAt(until) },
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ExpressionAttributeValues: { ':owner': { S: owner }, ':now': number(now) },
      ReturnValues: 'ALL_OLD',
    });
    const buried = await unlessRefused(this.clients.dynamodb.send(put));
    return buried ? itemOf(buried.Attributes) : 'not-theirs';
  }

  async scan(limit: number, after?: string): Promise<{ readonly items: SessionItem[]; readonly next?: string }> {
    const scan = new ScanCommand({
      TableName: this.table,
      Limit: limit,
      ConsistentRead: true,
      ...(after === undefined ? {} : { ExclusiveStartKey: { id: { S: after } } }),
    });
    const { Items = [], LastEvaluatedKey } = await this.clients.dynamodb.send(scan);
    const next = LastEvaluatedKey?.['id']?.S;
    const items = Items.map(itemOf).filter((item) => item !== undefined);
    return { items, ...(next === undefined ? {} : { next }) };
  }
}
