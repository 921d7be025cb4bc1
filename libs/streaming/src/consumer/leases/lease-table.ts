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
import { AT_TIMESTAMP, SHARD_END, TRIM_HORIZON } from './checkpoint.js';
import { type LeaseKeyForm, type StreamIdentity, leaseKeyPrefix, streamIdentifier } from './lease-keys.js';
import { type Row, checkpointAttributes, loadAttributes, newRow, toLease } from './lease-row.js';
import type { Lease, Shard, ShardLoad } from './lease.js';

/** BatchGetItem: keys of one request (DynamoDB API reference). */
const MAX_KEYS = 100;
const BACKOFF = { base: 50, cap: 1_000 } as const;

export interface LeaseTableOptions {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly application: string;
  readonly stream: string;
  /** How rows are named; `shared`. */
  readonly keys?: LeaseKeyForm;
  /** Names the stream among several in the `kcl` form. */
  readonly identity?: StreamIdentity;
  /** Where checkpoints are beside the effects, for whoever looks at the rows. */
  readonly checkpointsIn?: string | undefined;
}

/** What the owner of a lease writes; every write raises the counter. */
export interface LeaseUpdate {
  readonly checkpoint?: string;
  readonly load?: ShardLoad;
  /**
   * Gives the lease up in the same write: kept for a moment for whoever asks for it in the row at that time, if somebody
   * does, who may not be the one who asked before.
   */
  readonly release?: true;
}

/** The rows of one application and stream in the lease table. Every write is conditional on what the writer last saw. */
export class LeaseTable {
  readonly #prefix: string;

  constructor(private readonly options: LeaseTableOptions) {
    this.#prefix = leaseKeyPrefix(options.keys ?? 'shared', options, options.identity);
  }

  key(shardId: string): string {
    return `${this.#prefix}${shardId}`;
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

  /** Adds the lease of a shard seen for the first time. A child of a reshard begins at TRIM_HORIZON: it must not skip a record. */
  async create(shard: Shard, checkpoint = TRIM_HORIZON): Promise<void> {
    const { stream, identity } = this.options;
    const put = new PutItemCommand({
      TableName: this.options.table,
      Item: { ...this.#keyOf(shard.shardId), ...newRow(shard, streamIdentifier(stream, identity), checkpoint) },
      ConditionExpression: 'attribute_not_exists(leaseKey)',
    });
    await conditionally(() => this.options.dynamodb.send(put));
  }

  /**
   * Makes `owner` the owner, if the lease is still as it was read; where someone asked for a replay, the checkpoint goes
   * back in the same write, under no owner's feet. Answers the new counter, or nothing.
   */
  async take({ shardId, counter, owner: previous, replayFrom }: Lease, owner: string): Promise<number | undefined> {
    const { checkpointsIn } = this.options;
    const sameOwner = previous === undefined ? 'attribute_not_exists(leaseOwner)' : 'leaseOwner = :previous';
    const replay = replayFrom === undefined ? undefined : replayParts(replayFrom);
    const gone = ['handoffTo', 'offeredBy', checkpointsIn ? [] : 'checkpointsIn', replay ? 'replayFrom' : []].flat();
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: `SET leaseOwner = :owner, leaseCounter = :next, ownerSwitchesSinceCheckpoint = ownerSwitchesSinceCheckpoint + :one${
        replay ? `${replay.set}, replayedAt = :next` : ''
      }${checkpointsIn ? ', checkpointsIn = :in' : ''} REMOVE ${gone.join(', ')}`,
      ConditionExpression: `leaseCounter = :counter AND ${sameOwner}${replay ? ' AND replayFrom = :from' : ''}`,
      ExpressionAttributeValues: {
        ':owner': { S: owner },
        ...counters(counter),
        ':one': { N: '1' },
        ...(previous !== undefined && { ':previous': { S: previous } }),
        ...(checkpointsIn !== undefined && { ':in': { S: checkpointsIn } }),
        ...replay?.values,
      },
    });
    const taken = await conditionally(() => this.options.dynamodb.send(update));
    return taken === undefined ? undefined : counter + 1;
  }

  /**
   * Writes as the owner, if `owner` still holds the lease at `counter`, and never over SHARD_END. Answers whether it
   * was written: false means that the lease is lost, or that an earlier try of this very write had come through.
   */
  async update(shardId: string, owner: string, counter: number, change: LeaseUpdate): Promise<boolean> {
    const { checkpoint, load, release } = change;
    const columns: Row = {
      ...(checkpoint !== undefined && {
        ...checkpointAttributes(checkpoint),
        ownerSwitchesSinceCheckpoint: { N: '0' },
      }),
      ...(load && loadAttributes(load)),
    };
    const gone = [
      ...(checkpoint !== undefined && columns['checkpointTimestamp'] === undefined ? ['checkpointTimestamp'] : []),
      ...(release === undefined ? [] : ['leaseOwner', 'offeredBy']),
      ...(checkpoint === SHARD_END ? ['handoffTo'] : []),
    ];
    const set = ['leaseCounter = :next', ...Object.keys(columns).map((name) => `${name} = :${name}`)];
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: `SET ${set.join(', ')}${gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : ''}`,
      ConditionExpression: 'leaseOwner = :owner AND leaseCounter = :counter AND checkpoint <> :end',
      ExpressionAttributeValues: {
        ':owner': { S: owner },
        ...counters(counter),
        ':end': { S: SHARD_END },
        ...Object.fromEntries(Object.entries(columns).map(([name, value]) => [`:${name}`, value])),
      },
    });
    return (await conditionally(() => this.options.dynamodb.send(update))) !== undefined;
  }

  /** Tells the others that `owner` is about to stop and that they may ask for its lease. Does not touch the counter. */
  async offer({ shardId }: Pick<Lease, 'shardId'>, owner: string): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: 'SET offeredBy = :owner',
      ConditionExpression: 'leaseOwner = :owner',
      ExpressionAttributeValues: { ':owner': { S: owner } },
    });
    await conditionally(() => this.options.dynamodb.send(update));
  }

  /**
   * Asks the owner of a lease to let go of it; answers whether nobody had before. Does not touch the counter, which is the
   * owner's.
   */
  async requestHandoff({ shardId, owner = '' }: Lease, to: string): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: 'SET handoffTo = :to',
      ConditionExpression: 'leaseOwner = :owner AND attribute_not_exists(handoffTo)',
      ExpressionAttributeValues: { ':to': { S: to }, ':owner': { S: owner } },
    });
    return (await conditionally(() => this.options.dynamodb.send(update))) !== undefined;
  }

  /** Takes the request back, and what was kept because of it: `to` does not come any more. */
  async withdrawHandoff({ shardId }: Pick<Lease, 'shardId'>, to: string): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: 'REMOVE handoffTo',
      ConditionExpression: 'handoffTo = :to',
      ExpressionAttributeValues: { ':to': { S: to } },
    });
    await conditionally(() => this.options.dynamodb.send(update));
  }

  /**
   * Asks for a shard to be read again from a time on: at once where it was read to its end, which nobody owns; else its
   * owner lets go of it, and whoever takes it next begins there. Answers whether there is such a lease.
   */
  async requestReplay(shardId: string, from: number): Promise<boolean> {
    const { set, values } = replayParts(from);
    const Key = this.#keyOf(shardId);
    const ended = new UpdateItemCommand({
      TableName: this.options.table,
      Key,
      UpdateExpression: `SET leaseCounter = leaseCounter + :once${set}, replayedAt = leaseCounter + :once REMOVE replayFrom`,
      ConditionExpression: 'checkpoint = :end AND attribute_not_exists(leaseOwner)',
      ExpressionAttributeValues: { ...values, ':end': { S: SHARD_END }, ':once': { N: '1' } },
    });
    if (await conditionally(() => this.options.dynamodb.send(ended))) return true;
    const request = new UpdateItemCommand({
      TableName: this.options.table,
      Key,
      UpdateExpression: 'SET replayFrom = :from',
      ConditionExpression: 'attribute_exists(leaseKey) AND checkpoint <> :end',
      ExpressionAttributeValues: { ':from': { N: String(from) }, ':end': { S: SHARD_END } },
    });
    return (await conditionally(() => this.options.dynamodb.send(request))) !== undefined;
  }

  /** Writes down what a reshard made of a shard, as KCL does: who reads the row need not list the shards. */
  async noteChildren(shardId: string, children: readonly string[]): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      UpdateExpression: 'ADD childShardIds :children',
      ConditionExpression: 'attribute_exists(leaseKey)',
      ExpressionAttributeValues: { ':children': { SS: [...children] } },
    });
    await conditionally(() => this.options.dynamodb.send(update));
  }

  /** Removes the finished lease of a shard that the stream no longer knows. */
  async forget(shardId: string): Promise<void> {
    const remove = new DeleteItemCommand({
      TableName: this.options.table,
      Key: this.#keyOf(shardId),
      ConditionExpression: 'checkpoint = :end',
      ExpressionAttributeValues: { ':end': { S: SHARD_END } },
    });
    await conditionally(() => this.options.dynamodb.send(remove));
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

  #keyOf(shardId: string): Row {
    return { leaseKey: { S: this.key(shardId) } };
  }

  #toLease(row: Row): Lease {
    return toLease(row, this.options.stream, (row['leaseKey']?.S ?? '').slice(this.#prefix.length));
  }
}

/** The answer, or nothing where the condition did not hold. */
async function conditionally<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

const counters = (counter: number): Record<string, AttributeValue> => ({
  ':counter': { N: String(counter) },
  ':next': { N: String(counter + 1) },
});

/** What sets a lease back to a time. */
function replayParts(from: number): { readonly set: string; readonly values: Record<string, AttributeValue> } {
  return {
    set: ', checkpoint = :at, checkpointSubSequenceNumber = :none, checkpointTimestamp = :from',
    values: {
      ':at': { S: AT_TIMESTAMP },
      ':none': { N: '0' },
      ':from': { N: String(from) },
    },
  };
}
