import { join } from 'node:path';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { type AwsClients, clientConfig } from '@lethe/aws';
import { lakeColumns } from '@lethe/contracts';
import {
  type BuildPlan,
  DuckDbWarehouse,
  LakeObjectMissingError,
  LakeObjects,
  RedshiftStatements,
  RedshiftWarehouse,
  type Warehouse,
  readManifest,
} from '@lethe/warehouse';
import type { CliConfig } from '../cli.config.js';
import { CommandFailed } from '../output.js';

export interface WarehouseOptions {
  readonly aws?: true;
  /** Which warehouse. */
  readonly on: 'duckdb' | 'redshift';
  readonly bucket: string;
  readonly json?: true;
}

/** The table that holds the lake's rows as they are. */
export const RAW_TABLE = 'lake_events';

/** Where the models of the store lie. */
export function modelsFolder({ root }: CliConfig): string {
  return join(root, 'apps', 'analytics', 'warehouse');
}

/** Runs the work with the warehouse that is meant. Throws a {@link CommandFailed} where nobody says where Redshift is. */
export async function withWarehouse<T>(
  config: CliConfig,
  { on, bucket }: WarehouseOptions,
  clients: AwsClients,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  if (on === 'duckdb') {
    const folder = join(config.dataDir, 'warehouse', bucket);
    const warehouse = new DuckDbWarehouse({ folder, objects: new LakeObjects(clients.s3, bucket) });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }
  const { region, workgroup, database, secretArn, copyRoleArn } = config.redshift;
  if (workgroup === undefined || region === undefined)
    throw new CommandFailed('set AWS_REGION and REDSHIFT_WORKGROUP to where Redshift Serverless runs');
  const client = new RedshiftDataClient(clientConfig({ region }));
  const statements = new RedshiftStatements({
    client,
    workgroup,
    database,
    ...(secretArn === undefined ? {} : { secretArn }),
  });
  try {
    return await work(
      new RedshiftWarehouse({ statements, bucket, ...(copyRoleArn === undefined ? {} : { copyRoleArn }) }),
    );
  } finally {
    client.destroy();
  }
}

/** Times that the build begins anew because files of the manifest were replaced under it. */
const ATTEMPTS = 5;

/** Builds it from the files that count now. */
export async function buildWarehouse(
  warehouse: Warehouse,
  objects: LakeObjects,
  models: BuildPlan['models'],
  onStep: (step: string) => void,
): Promise<{ readonly files: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const files = await readManifest(objects);
    try {
      await warehouse.build({ rawTable: RAW_TABLE, columns: lakeColumns, files, models, onStep });
      return { files: files.length };
    } catch (error) {
      if (!(error instanceof LakeObjectMissingError) || attempt === ATTEMPTS) throw error;
    }
  }
}
