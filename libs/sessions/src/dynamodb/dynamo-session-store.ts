import { type AwsClients } from '@lethe/aws';
import { type Clock } from '@lethe/kernel';
import { type SessionStore } from '../session-store.js';
import { IndexedSessions } from '../store/indexed-sessions.js';
import { DynamoItems } from './dynamo-items.js';
import { DynamoOwnerIndex } from './dynamo-owner-index.js';

/** Where and how sessions lie in DynamoDB. */
export interface DynamoSessionStoreOptions {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
  /** Of a session's data as JSON in UTF-8. Default 16 KiB; an item of DynamoDB holds 400 KB. */
  readonly maxBytes?: number;
  readonly clock?: Clock;
}

/** Sessions in DynamoDB: consistent reads, conditional writes of single items, no transaction, no secondary index. */
export function dynamoSessionStore({ clients, table, maxBytes, clock }: DynamoSessionStoreOptions): SessionStore {
  const items = new DynamoItems(clients, table);
  return new IndexedSessions({ items, index: new DynamoOwnerIndex(clients, table), maxBytes, clock });
}
