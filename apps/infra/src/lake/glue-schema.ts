import { Stack } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { type LakeColumnType, lakeBucket, lakeColumns } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';
import { LAKE_FOLDERS } from './lake-folders.js';

/** Names of the catalogue: the lake's rows as they are, and the tables that Spark makes of them. */
export const CATALOGUE = { lake: 'lethe_lake', rows: 'events', models: 'lethe_models' } as const;

/** Types of Hive, which Glue, Firehose and Spark have in common. */
const HIVE: Readonly<Record<LakeColumnType, string>> = {
  text: 'string',
  timestamp: 'timestamp',
  integer: 'int',
  bigint: 'bigint',
};

export interface LakeCatalogue {
  /** What Firehose writes rows by. */
  readonly rows: CfnTable;
  /** Where Spark registers what it makes. */
  readonly models: CfnDatabase;
}

/**
 * The lake's columns as the code has them, for those who write Parquet without it. No table to be asked: which files count
 * says the manifest, which a catalogue does not read.
 */
export function addCatalogue(scope: Construct): LakeCatalogue {
  const { account } = Stack.of(scope);
  const bucket = bucketName(scope, lakeBucket);
  const lake = new CfnDatabase(scope, 'Catalogue', {
    catalogId: account,
    databaseInput: { name: CATALOGUE.lake, description: 'What the files of the lake hold.' },
  });
  const rows = new CfnTable(scope, 'Rows', {
    catalogId: account,
    databaseName: CATALOGUE.lake,
    tableInput: {
      name: CATALOGUE.rows,
      description: 'One row per event. Which files count says manifest.json of the bucket.',
      tableType: 'EXTERNAL_TABLE',
      parameters: { classification: 'parquet', 'parquet.compression': 'SNAPPY' },
      storageDescriptor: {
        location: `s3://${bucket}/${LAKE_FOLDERS.arriving}`,
        columns: lakeColumns.map(({ name, type, description }) => ({
          name,
          type: HIVE[type],
          comment: description,
        })),
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    },
  });
  rows.addResourceDependency(lake);
  const models = new CfnDatabase(scope, 'Models', {
    catalogId: account,
    databaseInput: {
      name: CATALOGUE.models,
      description: 'The warehouse models as Spark makes them.',
      locationUri: `s3://${bucket}/${LAKE_FOLDERS.models}`,
    },
  });
  return { rows, models };
}
