/** A stage of the store: one account and region holds one stage, so that names are the same in all of them. */
export interface StageDefinition {
  readonly name: 'dev' | 'staging' | 'production';
  /** Absent: that of the credentials with which it is deployed. */
  readonly account?: string;
  readonly region: string;
  /** Declared, so that nothing is looked up. */
  readonly zones: readonly [string, string, string];
  /** Where customers reach the store. */
  readonly domain: string;
  /** The public hosted zone of Route 53 that the domain is in, or is. */
  readonly hostedZone: { readonly id: string; readonly name: string };
  /** Where alarms and mails to operators go. */
  readonly operators: string;
  /** Whether what holds data cannot be deleted by accident. */
  readonly guarded: boolean;
  /** For calls to hosts outside AWS only: one per zone survives the loss of a zone. */
  readonly natGateways: 1 | 3;
  readonly database: DatabaseSize;
  /** Bounds of ElastiCache Serverless: gigabytes, and units per second (a unit is about a simple command of a kilobyte). */
  readonly cache: { readonly mostGb: number; readonly mostUnitsPerSecond: number };
  /** Who issues access tokens: auth itself, or a user pool of Amazon Cognito behind the same routes. */
  readonly identityProvider: 'own' | 'cognito';
  /** Who writes clicks into the lake: analytics, from what it has counted, or Firehose, from the stream. Never both. */
  readonly lakeClicks: 'analytics' | 'firehose';
  readonly warehouse: WarehouseSize;
  readonly spark: SparkSize;
  readonly services: TaskSize;
  readonly workers: TaskSize;
  readonly logDays: 7 | 30 | 90;
  /** How services behind the balancer are replaced: 10 % of the requests first, or all of them when the new tasks are healthy. */
  readonly rollout: 'canary' | 'at-once';
  /** Of a month; a mail at 80 % of it, and when it is forecast to be exceeded. */
  readonly budgetUsd: number;
}

/** Aurora Serverless v2, in capacity units of 2 GiB. */
export interface DatabaseSize {
  readonly leastUnits: number;
  readonly mostUnits: number;
  /** Besides the writer, in other zones. */
  readonly readers: number;
  readonly backupDays: number;
}

/** Redshift Serverless, in RPUs of 16 GB. */
export interface WarehouseSize {
  /** Of a query that is alone. */
  readonly baseUnits: 8 | 16 | 32;
  readonly mostUnits: number;
  /** RPU hours of a day; beyond them nothing new begins until the next one. */
  readonly unitHoursPerDay: number;
}

/** EMR Serverless: what all workers of all jobs have at most, together. */
export interface SparkSize {
  readonly mostVcpu: number;
  readonly mostMemoryGb: number;
  readonly mostDiskGb: number;
}

/** Tasks of each service, and the size of one. */
export interface TaskSize {
  readonly least: number;
  readonly most: number;
  /** Units of CPU: 1,024 are one vCPU. */
  readonly cpu: 256 | 512 | 1024;
  readonly memoryMb: 512 | 1024 | 2048;
}
