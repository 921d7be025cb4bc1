import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { lakeBucket, lakeColumns } from '@lethe/contracts';
import { buildStatements, inOrder, parseModel } from '@lethe/warehouse';
import type { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';

/** The models of the store, seen from `src` and from `dist` alike. */
const MODELS = join(import.meta.dirname, '..', '..', '..', 'analytics', 'warehouse');
/** The table of the lake's rows, which the models read; `lethe warehouse build` makes the same one. */
const RAW_TABLE = 'lake_events';
/** The files of a day are written by then, and the window of the database's backups is over. */
const NIGHTLY = 'cron(30 4 * * ? *)';

/** What a build says, from the models as they are now. */
function statementsOf(bucket: string): string[] {
  const files = readdirSync(MODELS).filter((file) => file.endsWith('.sql'));
  const models = files
    .toSorted()
    .map((file) => parseModel(basename(file, '.sql'), readFileSync(join(MODELS, file), 'utf8')));
  // Which files count is read by COPY, when it runs, from the lake's manifest.
  const counted = [{ key: '', bytes: 0 }];
  return buildStatements(
    { rawTable: RAW_TABLE, columns: lakeColumns, files: counted, models: inOrder(models) },
    { bucket },
  );
}

/**
 * Builds the warehouse every night: a build is one batch of statements, which EventBridge Scheduler hands to the Data API itself.
 * There is no program to run, and no place to run it. The batch is a transaction: one that fails leaves the tables of the
 * night before. It signs in as whoever builds by hand does, because a table is replaced by its owner alone.
 */
export function addNightlyBuild(
  scope: Construct,
  { workgroup, database, role }: { readonly workgroup: CfnWorkgroup; readonly database: string; readonly role: IRole },
): void {
  const schedule = new CfnSchedule(scope, 'NightlyBuild', {
    name: 'lethe-warehouse',
    description: 'The tables of the warehouse anew, from the lake.',
    scheduleExpression: NIGHTLY,
    flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
    target: {
      arn: `arn:${Stack.of(scope).partition}:scheduler:::aws-sdk:redshiftdata:batchExecuteStatement`,
      roleArn: role.roleArn,
      input: Stack.of(scope).toJsonString({
        WorkgroupName: workgroup.workgroupName,
        Database: database,
        StatementName: 'nightly',
        Sqls: statementsOf(bucketName(scope, lakeBucket)),
        WithEvent: true,
      }),
      // What is not begun by then is begun the next night.
      retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 },
    },
  });
  schedule.addResourceDependency(workgroup);
}
