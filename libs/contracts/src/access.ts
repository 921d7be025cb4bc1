import {
  type TableResource,
  cartsTable,
  functionNotesTable,
  imagesBucket,
  importsBucket,
  lakeBucket,
  leasesTable,
  revocationsTable,
} from './backing.js';
import { watchedQueues } from './functions.js';
import { IMAGES_PREFIX, UPLOADS_PREFIX } from './images.js';
import { type Workflow } from './workflows.js';

type TableAction = 'BatchGetItem' | 'DeleteItem' | 'GetItem' | 'PutItem' | 'UpdateItem';
type BucketAction = 'AbortMultipartUpload' | 'DeleteObject' | 'GetObject' | 'PutObject';

/** The items of a table that code reads or writes. */
export interface TableAccess {
  readonly table: TableResource;
  readonly actions: readonly TableAction[];
  /** What the partition keys begin with, where others keep their items in the same table. */
  readonly leadingKeys?: readonly string[];
}

/** The objects of a bucket that code reads or writes. */
export interface BucketAccess {
  readonly bucket: string;
  readonly prefix: string;
  readonly actions: readonly BucketAction[];
}

/** What code uses in AWS besides what the topology tells. */
export interface Access {
  readonly tables?: readonly TableAccess[];
  readonly buckets?: readonly BucketAccess[];
  readonly workflows?: readonly Workflow[];
  /** Queues whose depth it looks at. */
  readonly watches?: readonly string[];
  readonly mails?: true;
  /** Whether it manages users of the pool, where Cognito is the issuer. */
  readonly userPool?: true;
  /** Whether its migration step keeps schedules of EventBridge in line. */
  readonly schedules?: true;
  /** Whether it has work so long that its task asks not to be taken away meanwhile. */
  readonly protectsTask?: true;
}

const checksRevocations: TableAccess = { table: revocationsTable, actions: ['BatchGetItem'] };

/** What each service uses, with Valkey for sessions, limits and cache as on AWS; see roles in `docs/permissions.md`. */
export const serviceAccess: Readonly<Record<string, Access>> = {
  auth: {
    tables: [{ table: revocationsTable, actions: ['BatchGetItem', 'UpdateItem'] }],
    mails: true,
    userPool: true,
  },
  catalog: {
    tables: [checksRevocations],
    protectsTask: true,
    buckets: [
      {
        bucket: importsBucket,
        prefix: '',
        actions: ['AbortMultipartUpload', 'DeleteObject', 'GetObject', 'PutObject'],
      },
      // The service signs the form by which a browser uploads: S3 asks whether the signer may put.
      { bucket: imagesBucket, prefix: UPLOADS_PREFIX, actions: ['DeleteObject', 'PutObject'] },
      { bucket: imagesBucket, prefix: IMAGES_PREFIX, actions: ['DeleteObject', 'GetObject'] },
    ],
  },
  orders: {
    tables: [checksRevocations, { table: cartsTable, actions: ['DeleteItem', 'GetItem', 'UpdateItem'] }],
    workflows: ['fulfilment', 'refund'],
    schedules: true,
  },
  analytics: {
    tables: [
      {
        table: leasesTable,
        actions: ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
        leadingKeys: ['analytics:'],
      },
    ],
    buckets: [{ bucket: lakeBucket, prefix: '', actions: ['DeleteObject', 'GetObject', 'PutObject'] }],
  },
};

const keepsNotes: TableAccess = { table: functionNotesTable, actions: ['DeleteItem', 'GetItem', 'PutItem'] };

/** What each function uses, by the name of its handler; what its source needs follows from the source. */
export const functionAccess: Readonly<Record<string, Access>> = {
  'send-receipt': { tables: [keepsNotes], mails: true },
  'watch-dead-letters': { tables: [keepsNotes], mails: true, watches: watchedQueues },
  'resize-image': {
    buckets: [
      { bucket: imagesBucket, prefix: UPLOADS_PREFIX, actions: ['DeleteObject', 'GetObject'] },
      { bucket: imagesBucket, prefix: IMAGES_PREFIX, actions: ['DeleteObject', 'PutObject'] },
    ],
  },
};
