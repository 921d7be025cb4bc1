import { createHash } from 'node:crypto';
import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type OwnerIndex } from '../store/session-items.js';
import { number } from './session.expressions.js';
import { unlessRefused } from './dynamo-items.js';

/** An id of a session is an attribute of its own, `s:<id>`: so one write adds it, whatever else the item holds. */
const ENTRY = 's:';
/** An index is kept for whole months, so that its sweeping time is written once a month instead of at every sign-in. */
const MONTH_SECONDS = 30 * 86_400;
/** Attributes that one update names at most. */
const REMOVALS = 100;

/** An item for each owner, under `owner#<hash of the owner>`: the ids and when they were added. */
export class DynamoOwnerIndex implements OwnerIndex {
  constructor(
    private readonly clients: { readonly dynamodb: DynamoDBClient },
    private readonly table: string,
  ) {}

  async add(owner: string, id: string, endsAt: number, now: number): Promise<number> {
    const answer = await this.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: keyOf(owner),
        UpdateExpression: 'SET #entry = if_not_exists(#entry, :now)',
        ExpressionAttributeNames: { '#entry': ENTRY + id },
        ExpressionAttributeValues: { ':now': number(now) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    await this.#keepUntil(owner, answer.Attributes ?? {}, endsAt);
    return membersOf(answer.Attributes).size;
  }

  async members(owner: string): Promise<ReadonlyMap<string, number>> {
    const get = new GetItemCommand({ TableName: this.table, Key: keyOf(owner), ConsistentRead: true });
    return membersOf((await this.clients.dynamodb.send(get)).Item);
  }

  async remove(owner: string, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += REMOVALS) {
      const names = ids.slice(at, at + REMOVALS).map((id, position) => [`#e${position}`, ENTRY + id] as const);
      await this.clients.dynamodb.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: keyOf(owner),
          UpdateExpression: `REMOVE ${names.map(([name]) => name).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(names),
        }),
      );
    }
  }

  /** Before the sweeper could take it from a session that lives longer, the index is given another month or more. */
  async #keepUntil(owner: string, found: Record<string, AttributeValue>, endsAt: number): Promise<void> {
    const wanted = (Math.ceil(endsAt / 1_000 / MONTH_SECONDS) + 1) * MONTH_SECONDS;
    if (Number(found['expiresAt']?.N ?? 0) >= wanted) return;
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: keyOf(owner),
      UpdateExpression: 'SET expiresAt = :wanted',
      ConditionExpression: 'attribute_not_exists(expiresAt) OR expiresAt < :wanted',
      ExpressionAttributeValues: { ':wanted': number(wanted) },
    });
    await unlessRefused(this.clients.dynamodb.send(update));
  }
}

function keyOf(owner: string): Record<string, AttributeValue> {
  return { id: { S: `owner#${createHash('sha256').update(owner).digest('base64url')}` } };
}

function membersOf(item: Record<string, AttributeValue> = {}): ReadonlyMap<string, number> {
  const entries = Object.entries(item).filter(([name]) => name.startsWith(ENTRY));
  return new Map(entries.map(([name, value]) => [name.slice(ENTRY.length), Number(value.N)]));
}
