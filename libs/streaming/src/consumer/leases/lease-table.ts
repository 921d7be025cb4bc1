import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fullJitter, pause } from '@lethe/kernel';
import { UnexpectedAnswerError } from '../../streaming.errors.js';
import { SHARD_END, TRIM_HORIZON } from './checkpoint.js';
import type { Lease, Shard } from './lease.js';

/** BatchGetItem: keys of one request (DynamoDB API reference). */
const MAX_KEYS = 100;
const BACKOFF = { base: 50, cap: 1_000 } as const;

export interface LeaseTableOptions {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly application: string;
  readonly stream: string;
}

/** What the owner of a lease writes; every write raises the counter. */
export interface LeaseUpdate {
  readonly checkpoint?: string;
  /** Gives the lease up in the same write: to whoever takes it first, or reserved for one worker for a moment. */
  readonly release?: 'free' | { readonly to: string };
}

/**
 * The rows of one application and stream in the lease table, named like KCL's. Several groups share a table: a key is
 * `<application>:<stream>:<shardId>`. Every write is conditional on what the writer last saw.
 */
export class LeaseTable {
  constructor(private readonly options: LeaseTableOptions) {}

  key(shardId: string): string {
    return `${this.options.application}:${this.options.stream}:${shardId}`;
  }

  /** The leases of these shards, read consistently; unprocessed keys are asked for again (R34). */
  async read(shardIds: readonly string[]): Promise<Map<string, Lease>> {
    const leases = new Map<string, Lease>();
    for (let at = 0; at < shardIds.length; at += MAX_KEYS) {
      for (const lease of await this.#readPage(shardIds.slice(at, at + MAX_KEYS))) leases.set(lease.shardId, lease);
    }
    return leases;
  }

  async readOne(shardId: string): Promise<Lease | undefined> {
    const { Item } = await this.options.dynamodb.send(
      new GetItemCommand({ TableName: this.options.table, Key: this.#keyOf(shardId), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : this.#toLease(Item);
  }

  /** Adds the lease of a shard seen for the first time, at TRIM_HORIZON: a child of a reshard must not skip a record. */
  async create({ shardId, parents }: Shard): Promise<void> {
    const put = new PutItemCommand({
      TableName: this.options.table,
      Item: {
        ...this.#keyOf(shardId),
        shardId: { S: shardId },
        leaseCounter: { N: '0' },
        checkpoint: { S: TRIM_HORIZON },
        ownerSwitchesSinceCheckpoint: { N: '0' },
        ...(parents.length > 0 ? { parentShardId: { SS: [...parents] } } : {}),
      },
      ConditionExpression: 'attribute_not_exists(leaseKey)',
    });
    await this.#conditionally(() => this.options.dynamodb.send(put));
  }

  /** Makes `owner` the owner, if the lease is still as it was read. Answers the new counter, or nothing. */
  async take({ shardId, counter, owner: previous }: Lease, owner: string): Promise<number | undefined> {
    const sameOwner = previous === undefined ? 'attribute_not_exists(leaseOwner)' : 'leaseOwner = :previous';
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression:
        'SET leaseOwner = :owner, leaseCounter = :next, ownerSwitchesSinceCheckpoint = ownerSwitchesSinceCheckpoint + :one REMOVE handoffTo',
      ConditionExpression: `leaseCounter = :counter AND ${sameOwner}`,
      ExpressionAttributeValues: {
        ':owner': { S: owner },
        ':counter': { N: String(counter) },
        ':next': { N: String(counter + 1) },
        ':one': { N: '1' },
        ...(previous === undefined ? {} : { ':previous': { S: previous } }),
      },
    });
    const taken = await this.#conditionally(() => this.options.dynamodb.send(update));
    return taken === undefined ? undefined : counter + 1;
  }

  /**
   * Writes as the owner, if `owner` still holds the lease at `counter`, and never over SHARD_END. Answers whether it
   * was written: false means that the lease is lost, or that an earlier try of this very write had come through.
   */
  async update(shardId: string, owner: string, counter: number, change: LeaseUpdate): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: updateExpression(change),
      ConditionExpression: 'leaseOwner = :owner AND leaseCounter = :counter AND checkpoint <> :end',
      ExpressionAttributeValues: {
        ':owner': { S: owner },
        ':counter': { N: String(counter) },
        ':next': { N: String(counter + 1) },
        ':end': { S: SHARD_END },
        ...(change.checkpoint === undefined ? {} : { ':checkpoint': { S: change.checkpoint }, ':zero': { N: '0' } }),
        ...(typeof change.release === 'object' ? { ':to': { S: change.release.to } } : {}),
      },
    });
    return (await this.#conditionally(() => this.options.dynamodb.send(update))) !== undefined;
  }

  /** Asks the owner of a lease to let go of it. Does not touch the counter, which is the owner's. */
  async requestHandoff({ shardId, owner = '' }: Lease, to: string): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: 'SET handoffTo = :to',
      ConditionExpression: 'leaseOwner = :owner AND attribute_not_exists(handoffTo)',
      ExpressionAttributeValues: { ':to': { S: to }, ':owner': { S: owner } },
    });
    await this.#conditionally(() => this.options.dynamodb.send(update));
  }

  /** Removes the finished lease of a shard that the stream no longer knows. */
  async forget(shardId: string): Promise<void> {
    const remove = new DeleteItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      ConditionExpression: 'checkpoint = :end',
      ExpressionAttributeValues: { ':end': { S: SHARD_END } },
    });
    await this.#conditionally(() => this.options.dynamodb.send(remove));
  }

  async #readPage(shardIds: readonly string[]): Promise<Lease[]> {
    const { dynamodb, table } = this.options;
    const leases: Lease[] = [];
    let keys: KeysAndAttributes | undefined = {
      Keys: shardIds.map((shardId) => this.#keyOf(shardId)),
      ConsistentRead: true,
    };
    for (let attempt = 1; keys !== undefined; attempt += 1) {
      const answer: BatchGetItemCommandOutput = await dynamodb.send(
        new BatchGetItemCommand({ RequestItems: { [table]: keys } }),
      );
      leases.push(...(answer.Responses?.[table] ?? []).map((item) => this.#toLease(item)));
      keys = answer.UnprocessedKeys?.[table];
      if (keys !== undefined) await pause(fullJitter(attempt, BACKOFF));
    }
    return leases;
  }

  /** The answer, or nothing where the condition did not hold. */
  async #conditionally<T>(send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  #keyOf(shardId: string): Item {
    return { leaseKey: { S: this.key(shardId) } };
  }

  #toLease(item: Item): Lease {
    const key = item['leaseKey']?.S ?? '';
    const counter = Number(item['leaseCounter']?.N);
    const checkpoint = item['checkpoint']?.S;
    if (!Number.isSafeInteger(counter) || checkpoint === undefined) {
      throw new UnexpectedAnswerError(`the lease row ${key} lacks leaseCounter or checkpoint`);
    }
    return {
      shardId: key.slice(this.key('').length),
      owner: item['leaseOwner']?.S,
      counter,
      checkpoint,
      ownerSwitches: Number(item['ownerSwitchesSinceCheckpoint']?.N ?? 0),
      handoffTo: item['handoffTo']?.S,
    };
  }
}

type Item = Record<string, AttributeValue>;

function updateExpression({ checkpoint, release }: LeaseUpdate): string {
  const set = ['leaseCounter = :next'];
  if (checkpoint !== undefined) set.push('checkpoint = :checkpoint', 'ownerSwitchesSinceCheckpoint = :zero');
  if (release === undefined) return `SET ${set.join(', ')}`;
  if (release === 'free') return `SET ${set.join(', ')} REMOVE leaseOwner, handoffTo`;
  return `SET ${[...set, 'handoffTo = :to'].join(', ')} REMOVE leaseOwner`;
}
