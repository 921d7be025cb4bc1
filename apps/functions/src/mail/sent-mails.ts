import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock } from '@lethe/kernel';
import { INBOX_RETENTION_SECONDS } from '@lethe/topology';

/** What became of the wish to send a mail: `mine` to send now, `sent` before, or `busy` with another invocation. */
export type MailClaim = 'mine' | 'sent' | 'busy';

/** Options of {@link SentMails}. */
export interface SentMailsOptions {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  /** Milliseconds after which whoever wanted to send a mail is taken for dead: more than the function's own time. */
  readonly claimMs: number;
  readonly clock: Clock;
}

/**
 * Which mails were sent, by the id of what they tell of: an item is made before a mail is sent, and marked after.
 *
 * SES and DynamoDB have no common commit. A function that dies after SES took the mail and before the mark leaves a claim
 * that ends, and then the mail is sent again: within that window twice rather than never.
 */
export class SentMails {
  constructor(private readonly options: SentMailsOptions) {}

  async claim(id: string): Promise<MailClaim> {
    const { claimMs, clock } = this.options;
    const now = clock.now();
    try {
      await this.#put(id, { until: { N: String(now + claimMs) } }, now);
      return 'mine';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (await this.#isSent(id)) ? 'sent' : 'busy';
    }
  }

  /** The mail was taken: nobody sends it again while its message can still arrive (R14). */
  async mark(id: string): Promise<void> {
    await this.#put(id, { sent: { BOOL: true } });
  }

  /** The mail was refused: whoever is next may try at once. */
  async release(id: string): Promise<void> {
    const { dynamodb, table } = this.options;
    await dynamodb.send(new DeleteItemCommand({ TableName: table, Key: keyOf(id) }));
  }

  /** With `now`, only where there is no item, or one of a claim that has ended. */
  async #put(id: string, state: NonNullable<PutItemCommand['input']['Item']>, now?: number): Promise<void> {
    const { dynamodb, table, clock } = this.options;
    const expiresAt = { N: String(Math.ceil(clock.now() / 1_000) + INBOX_RETENTION_SECONDS) };
    const onlyFree = {
      ConditionExpression: 'attribute_not_exists(id) OR #until <= :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    };
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: { ...keyOf(id), ...state, expiresAt },
        ...(now === undefined ? {} : onlyFree),
      }),
    );
  }

  async #isSent(id: string): Promise<boolean> {
    const { dynamodb, table } = this.options;
    const get = new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true });
    return (await dynamodb.send(get)).Item?.['sent']?.BOOL === true;
  }
}

function keyOf(id: string) {
  return { id: { S: `mail#${id}` } };
}
