import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageDefinition } from '../stages/stage.js';
import { StoreStack } from '../stages/store-stack.js';
import { StoreBackups } from './backups.js';
import { addAccessLogs, addBuckets } from './buckets.js';
import { StoreCache } from './cache.js';
import { StoreDatabase } from './database.js';
import type { StoreKeys } from './keys.stack.js';
import { addSecrets } from './secrets.js';
import { addTables } from './tables.js';

/** All that remembers: database, tables, cache, files, secrets. */
export class DataStack extends StoreStack {
  readonly database: StoreDatabase;
  readonly cache: StoreCache;
  /** By their names in the contracts. */
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly accessLogs: Bucket;
  /** By name. */
  readonly secrets: ReadonlyMap<string, Secret>;

  constructor(scope: Construct, stage: StageDefinition, { vpc, keys }: { vpc: IVpc; keys: StoreKeys }) {
    super(scope, 'data', stage, { description: 'What the store remembers.', stateful: true });
    const removal = this.dataRemoval;
    this.database = new StoreDatabase(this, 'Database', { vpc, stage, keys, removal });
    this.cache = new StoreCache(this, 'Cache', { vpc, stage, keys });
    this.accessLogs = addAccessLogs(this, removal);
    const origin = `https://${stage.domain}`;
    this.buckets = addBuckets(this, this.accessLogs, { key: keys.objects, removal, origin });
    this.secrets = addSecrets(this, keys, removal);
    const clusterArn = this.database.cluster.clusterArn;
    new StoreBackups(this, 'Backups', { stage, key: keys.data, removal, clusterArn });
    addTables(this, { key: keys.data, guarded: stage.guarded, removal });
  }
}
