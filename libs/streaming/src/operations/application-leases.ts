import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { readSharedKey } from '../consumer/leases/lease-keys.js';
import { toLease } from '../consumer/leases/lease-row.js';
import type { Lease } from '../consumer/leases/lease.js';

/** A lease, and whose it is. */
export interface ApplicationLease extends Lease {
  readonly application: string;
}

/** All leases of a stream in a shared table, by application and shard. Scans the table. Throws the SDK's errors. */
export async function leasesOf(
  { dynamodb, table }: { readonly dynamodb: DynamoDBClient; readonly table: string },
  stream: string,
  application?: string,
): Promise<ApplicationLease[]> {
  const leases: ApplicationLease[] = [];
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table, ConsistentRead: true })) {
    for (const row of Items) {
      const key = readSharedKey(row['leaseKey']?.S ?? '');
      if (key?.stream !== stream || (application ?? key.application) !== key.application) continue;
      leases.push({ ...toLease(row, stream, key.shardId), application: key.application });
    }
  }
  return leases.sort((a, b) => (a.key < b.key ? -1 : 1));
}
