import { type AwsClients } from '@lethe/aws';
import { type SessionStore } from '../session-store.js';
import { IndexedSessions, type SessionLimits } from '../store/indexed-sessions.js';
import { DynamoItems } from './dynamo-items.js';
import { DynamoOwnerIndex } from './dynamo-owner-index.js';

/** Where and how sessions lie in DynamoDB. */
export interface DynamoSessionStoreOptions extends SessionLimits {
  readonly clients: Pick<AwsClients, 'dynamodb'>;
  /** A table with the string partition key `id` and, for sweeping, `expiresAt` in epoch seconds. */
  readonly table: string;
}

/** Sessions in DynamoDB: consistent reads, conditional writes of single items, no transaction, no secondary index. */
export function dynamoSessionStore({ clients, table, ...limits }: DynamoSessionStoreOptions): SessionStore {
  const items = new DynamoItems(clients, table);
  return new IndexedSessions({ items, index: new DynamoOwnerIndex(clients, table), ...limits });
}
