/** A DynamoDB table of the store: one item per key, single-item conditional writes, billed on demand. */
export interface TableResource {
  readonly name: string;
  /** Partition key, a string. No table has a sort key. */
  readonly partitionKey: string;
  /** Attribute with the epoch second after which an item may be swept; readers judge expiry themselves. */
  readonly ttlAttribute?: string;
}

export const cartsTable: TableResource = { name: 'lethe-carts', partitionKey: 'customerId' };
export const leasesTable: TableResource = { name: 'lethe-leases', partitionKey: 'leaseKey' };
export const rateLimitsTable: TableResource = {
  name: 'lethe-rate-limits',
  partitionKey: 'id',
  ttlAttribute: 'expiresAt',
};

/** Browser sessions of the sign-in page. */
export const sessionsTable: TableResource = { name: 'lethe-sessions', partitionKey: 'id', ttlAttribute: 'expiresAt' };
/** Access tokens, sign-ins and users whose tokens end before their time. */
export const revocationsTable: TableResource = {
  name: 'lethe-revocations',
  partitionKey: 'id',
  ttlAttribute: 'expiresAt',
};

/** What functions must not forget between two invocations: mails sent, alarms raised. */
export const functionNotesTable: TableResource = {
  name: 'lethe-function-notes',
  partitionKey: 'id',
  ttlAttribute: 'expiresAt',
};

export const storeTables: readonly TableResource[] = [
  cartsTable,
  leasesTable,
  rateLimitsTable,
  sessionsTable,
  revocationsTable,
  functionNotesTable,
];

/** Uploaded catalogue files, kept until their import has ended. */
export const importsBucket = 'lethe-catalog-imports';
/** Uploaded product images until they are looked at, and what is shown of them. Nobody reads it but the store. */
export const imagesBucket = 'lethe-product-images';
/** Everything that happened, as Parquet files by type and day, and the manifest of those that count. */
export const lakeBucket = 'lethe-lake';
/** Where Firehose puts files for the lake, in the lake's layout, until analytics takes them in. */
export const LAKE_ARRIVING = 'arriving/';
export const storeBuckets: readonly string[] = [importsBucket, imagesBucket, lakeBucket];
