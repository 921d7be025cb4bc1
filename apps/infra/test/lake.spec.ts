import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lakeBucket, lakeColumns } from '@lethe/contracts';
import { columnList, createTable, lakeKey, readModels } from '@lethe/warehouse';
import { StageError } from '../src/infra.errors.js';
import { stageOf } from '../src/stages/stages.js';
import { EVERY, MANAGED, Templates, written } from './templates.js';

interface TableProperties {
  readonly TableInput: {
    readonly StorageDescriptor: { readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
  };
}
interface DeliveryProperties {
  readonly DeliveryStreamType: string;
  readonly KinesisStreamSourceConfiguration: { readonly KinesisStreamARN: unknown };
  readonly ExtendedS3DestinationConfiguration: Readonly<Record<string, unknown>> & {
    readonly BucketARN: unknown;
    readonly Prefix: string;
    readonly ErrorOutputPrefix: string;
    readonly FileExtension: string;
  };
}
interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface ScheduleTarget {
  readonly Arn: unknown;
  readonly RoleArn: unknown;
  readonly Input: unknown;
}
interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const managed = new Templates(MANAGED);
const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

function statementsOf(templates: Templates, policy: RegExp): readonly Statement[] {
  const found = templates.all<PolicyProperties>('AWS::IAM::Policy').filter(({ id }) => policy.test(id));
  return found.flatMap(({ properties }) => properties.PolicyDocument.Statement);
}

/** What of a bucket a role may do something to, without the ARN of the bucket. */
function keysOf(statements: readonly Statement[], action: string): string[] {
  const on = statements.filter(({ Action }) => list(Action).includes(action));
  return on
    .flatMap(({ Resource }) => list<unknown>(Resource).map((one) => written(one).replace(/^[^/]*\/?/, '')))
    .sort();
}

/** What the tasks of these families are told, by variable. */
function environmentOf(templates: Templates, family: RegExp): Map<string, unknown[]> {
  const tasks = templates.all<{
    Family: string;
    ContainerDefinitions: readonly { Environment: readonly { Name: string; Value: unknown }[] }[];
  }>('AWS::ECS::TaskDefinition');
  const variables = tasks
    .filter(({ properties }) => family.test(properties.Family))
    .flatMap(({ properties }) => properties.ContainerDefinitions.flatMap(({ Environment }) => Environment));
  const byName = Map.groupBy(variables, ({ Name }) => Name);
  return new Map([...byName].map(([name, all]) => [name, all.map(({ Value }) => Value)]));
}

describe.each(EVERY)('around the lake of %s', (stage) => {
  const templates = new Templates(stage);

  it('the columns of the catalogue are those of the code, in their order', () => {
    const [table] = templates.all<TableProperties>('AWS::Glue::Table');
    const columns = table?.properties.TableInput.StorageDescriptor.Columns ?? [];

    expect(columns.map(({ Name, Type }) => `${Name} ${Type.toUpperCase()}`).join(', ')).toBe(
      columnList(lakeColumns, 'spark'),
    );
  });

  it('one writes clicks into the lake, analytics or Firehose, never both', () => {
    const deliveries = templates.all('AWS::KinesisFirehose::DeliveryStream');
    const said = environmentOf(templates, /^lethe-analytics/).get('LAKE_CLICKS') ?? [];

    expect(deliveries.length).toBe(stage === MANAGED ? 1 : 0);
    expect(new Set(said)).toEqual(new Set([stage === MANAGED ? 'firehose' : 'analytics']));
    expect(() => stageOf({ stage: 'dev', lakeClicks: 'both' })).toThrow(StageError);
  });

  it('analytics is told the bucket that the stage has', () => {
    const [bucket] = templates
      .all<{ BucketName: unknown }>('AWS::S3::Bucket')
      .filter(({ properties }) => written(properties.BucketName).startsWith(lakeBucket));
    const said = environmentOf(templates, /^lethe-analytics/).get('LAKE_BUCKET') ?? [];

    expect(new Set(said.map(written))).toEqual(new Set([written(bucket?.properties.BucketName)]));
  });

  it('S55: the warehouse is encrypted, speaks TLS alone, and nobody connects to it', () => {
    const [namespace] = templates.all('AWS::RedshiftServerless::Namespace');
    const [workgroup] = templates.all<{
      ConfigParameters: readonly { ParameterKey: string; ParameterValue: string }[];
      SecurityGroupIds: readonly unknown[];
    }>('AWS::RedshiftServerless::Workgroup');

    expect(namespace?.properties).toMatchObject({
      KmsKeyId: expect.anything(),
      ManageAdminPassword: true,
      AdminPasswordSecretKmsKeyId: expect.anything(),
      LogExports: ['connectionlog', 'useractivitylog', 'userlog'],
    });
    expect(namespace?.properties).not.toHaveProperty('AdminUserPassword');
    expect(workgroup?.properties).toMatchObject({ PubliclyAccessible: false, EnhancedVpcRouting: true });
    expect(workgroup?.properties.ConfigParameters).toContainEqual({
      ParameterKey: 'require_ssl',
      ParameterValue: 'true',
    });
    const [access] = templates
      .all<{ SecurityGroupIngress?: unknown }>('AWS::EC2::SecurityGroup')
      .filter(({ id }) => id.startsWith('WarehouseAccess'));
    expect(access?.properties.SecurityGroupIngress).toBeUndefined();
  });

  it('what warehouse and Spark may cost has a bound', () => {
    const [workgroup] = templates.all<{ BaseCapacity: number; MaxCapacity: number }>(
      'AWS::RedshiftServerless::Workgroup',
    );
    const [limit] = templates.all<{ Create: unknown }>('Custom::WarehouseLimit');
    const [application] = templates.all('AWS::EMRServerless::Application');

    expect(workgroup?.properties.MaxCapacity).toBeGreaterThanOrEqual(workgroup?.properties.BaseCapacity ?? Infinity);
    expect(written(limit?.properties.Create)).toMatch(
      /"createUsageLimit".*"period":"daily".*"breachAction":"deactivate"/,
    );
    expect(application?.properties).toMatchObject({
      AutoStopConfiguration: { Enabled: true },
      MaximumCapacity: { Cpu: expect.stringMatching(/^\d+ vCPU$/), Memory: expect.stringMatching(/^\d+ GB$/) },
      NetworkConfiguration: { SubnetIds: [expect.anything(), expect.anything(), expect.anything()] },
    });
  });

  it('S57: COPY reads the files that count and the manifest, and nothing else', () => {
    const statements = statementsOf(templates, /^WarehouseCopyGrants/);

    expect(keysOf(statements, 's3:GetObject')).toEqual(['manifest.json', 'type=*']);
    expect(statements.flatMap(({ Action }) => list(Action)).filter((action) => /Put|Delete/.test(action))).toEqual([]);
  });

  it('S57: who builds the warehouse has the one workgroup, and statements that he began himself', () => {
    const statements = statementsOf(templates, /^WarehouseBuildGrants/);
    const data = statements.filter(({ Action }) => list(Action).some((action) => action.startsWith('redshift-data:')));

    expect(keysOf(statements, 's3:GetObject')).toEqual(['manifest.json']);
    expect(data.map(({ Resource, Condition }) => ({ on: written(Resource), if: Condition }))).toEqual([
      { on: expect.stringMatching(/^<WarehouseWorkgroup\w+\.Workgroup\.WorkgroupArn>$/), if: undefined },
      { on: '*', if: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } } },
    ]);
  });

  it('the warehouse is built every night by what a build by hand says, as the same user, in one transaction', async () => {
    const [schedule] = templates.all<{ ScheduleExpression: string; Target: ScheduleTarget }>(
      'AWS::Scheduler::Schedule',
    );
    const { Arn, RoleArn, Input } = schedule?.properties.Target ?? { Arn: '', RoleArn: '', Input: '' };
    expect(schedule?.properties.ScheduleExpression).toMatch(/^cron\(\d+ \d+ \* \* \? \*\)$/);
    expect(written(Arn)).toContain(':scheduler:::aws-sdk:redshiftdata:batchExecuteStatement');
    expect(written(RoleArn)).toMatch(/^<WarehouseBuildRole\w+\.Arn>$/);

    const input = JSON.parse(written(Input)) as { WorkgroupName: string; Database: string; Sqls: string[] };
    const models = await readModels(join(import.meta.dirname, '../../analytics/warehouse'));
    expect(input).toMatchObject({ WorkgroupName: 'lethe', Database: 'lethe' });
    expect(input.Sqls.slice(3)).toEqual(models.map((model) => createTable(model, 'redshift')));
    expect(input.Sqls.length).toBeLessThanOrEqual(40);
    expect(input.Sqls.at(2)).toMatch(
      /^COPY lake_events FROM 's3:\/\/lethe-lake-.*\/manifest\.json' IAM_ROLE default FORMAT AS PARQUET MANIFEST$/,
    );
  });

  it('S57: no replica of a service reaches the warehouse', () => {
    const others = templates
      .all<PolicyProperties>('AWS::IAM::Policy')
      .filter(
        ({ id, properties }) => !id.startsWith('WarehouseBuild') && written(properties).includes('redshift-data:'),
      );

    expect(others.map(({ id }) => id)).toEqual([]);
  });

  it('S57: a job of Spark reads the lake and writes the models', () => {
    const statements = statementsOf(templates, /^SparkJobGrants/);

    expect(keysOf(statements, 's3:GetObject')).toEqual(['manifest.json', 'models/*', 'spark/*', 'type=*']);
    expect(keysOf(statements, 's3:PutObject')).toEqual(['models/*']);
    expect(keysOf(statements, 's3:DeleteObject')).toEqual(['models/*']);
    expect(keysOf(statements, 'glue:CreateTable')).toContain('lethe_models/*');
  });
});

interface Manifest {
  readonly artifacts: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

describe('a deployment of a stage that chooses Firehose and Cognito', () => {
  const { artifacts } = JSON.parse(readFileSync(join(managed.folder, 'manifest.json'), 'utf8')) as Manifest;
  const before = (stack: string): readonly string[] => artifacts[`lethe-dev-${stack}`]?.dependencies ?? [];

  it('has Firehose write clicks before analytics no longer does', () => {
    expect(before('services')).toContain('lethe-dev-lake');
  });

  it('makes what Firehose and the pool name before them', () => {
    expect(before('lake')).toEqual(
      expect.arrayContaining(['lethe-dev-data', 'lethe-dev-functions', 'lethe-dev-messaging']),
    );
    expect(before('identity')).toContain('lethe-dev-functions');
  });
});

describe('the delivery of clicks by Firehose', () => {
  const [delivery] = managed.all<DeliveryProperties>('AWS::KinesisFirehose::DeliveryStream');
  const destination = delivery?.properties.ExtendedS3DestinationConfiguration;

  it('reads the stream of clicks, and has rows of the lake made of them', () => {
    expect(delivery?.properties.DeliveryStreamType).toBe('KinesisStreamAsSource');
    expect(written(delivery?.properties.KinesisStreamSourceConfiguration.KinesisStreamARN)).toMatch(
      /:stream\/lethe-clicks$/,
    );
    expect(JSON.stringify(destination?.['ProcessingConfiguration'])).toContain(':function:lethe-lake-rows');
  });

  it('writes Parquet by the catalogue in the layout of the lake, under a prefix of its own', () => {
    const key = lakeKey({ type: '<type>', day: '<day>', id: '' }).replace('.parquet', '');
    const prefix = destination?.Prefix.replaceAll(/!\{partitionKeyFromLambda:(\w+)\}/g, '<$1>');

    expect(prefix).toBe(`arriving/${key}`);
    expect(destination?.FileExtension).toBe('.parquet');
    expect(written(destination?.BucketARN)).toContain(`:s3:::${lakeBucket}-`);
    expect(destination).toMatchObject({
      DynamicPartitioningConfiguration: { Enabled: true },
      DataFormatConversionConfiguration: {
        Enabled: true,
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
        SchemaConfiguration: { DatabaseName: 'lethe_lake', TableName: 'events', VersionId: 'LATEST' },
      },
    });
  });

  it('keeps what it cannot convert, encrypts what it writes, and says what went wrong', () => {
    expect(destination?.ErrorOutputPrefix).toMatch(/^failed\/!\{firehose:error-output-type\}\//);
    expect(destination).toMatchObject({
      EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: expect.anything() } },
      CloudWatchLoggingOptions: { Enabled: true, LogGroupName: expect.anything() },
    });
  });

  it('S57: reads the one stream, and puts files into its own folders alone', () => {
    const statements = statementsOf(managed, /^DeliveryGrants/);

    expect(keysOf(statements, 's3:PutObject')).toEqual(['arriving/*', 'failed/*']);
    expect(keysOf(statements, 'kinesis:GetRecords')).toEqual(['lethe-clicks']);
    expect(statements.flatMap(({ Action }) => list(Action))).not.toContain('s3:DeleteObject');
  });
});
