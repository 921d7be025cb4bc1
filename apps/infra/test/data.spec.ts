import { describe, expect, it } from '@jest/globals';
import {
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  KEYED,
  PROVIDED,
  SERVICE_KEYS_SECRET,
  isGenerated,
  serviceKeySecret,
} from '@lethe/delivery';
import { STAGES, Templates, written } from './templates.js';

interface PolicyDocument {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Principal?: unknown;
    readonly Action: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }[];
}
const STATEFUL = [
  'AWS::DynamoDB::Table',
  'AWS::Kinesis::Stream',
  'AWS::KMS::Key',
  'AWS::RDS::DBCluster',
  'AWS::S3::Bucket',
] as const;

/** Whether a policy refuses whoever does not come over TLS. */
function tlsOnly({ Statement }: PolicyDocument): boolean {
  return Statement.some(
    ({ Effect, Condition }) =>
      Effect === 'Deny' && written(Condition?.['Bool']?.['aws:SecureTransport']).includes('false'),
  );
}

describe.each(STAGES)('data of %s', (stage) => {
  const templates = new Templates(stage);
  const guarded = stage !== 'dev';

  it('S52: queues, topics and buckets refuse whoever does not come over TLS', () => {
    const policies = (type: string) => templates.all<{ PolicyDocument: PolicyDocument }>(type);
    for (const [of, type] of [
      ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
      ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
    ] as const) {
      const open = policies(type).filter(({ properties }) => !tlsOnly(properties.PolicyDocument));
      expect(open.map(({ id }) => id)).toEqual([]);
      expect(policies(type).length).toBe(templates.all(of).length);
    }
  });

  it('S52: nobody may do anything to a queue or topic without a condition', () => {
    const statements = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']
      .flatMap((type) => templates.all<{ PolicyDocument: PolicyDocument }>(type))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement);
    expect(statements.filter(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined)).toEqual([]);
  });

  it('S52 S55: everything at rest is encrypted with a key of its purpose', () => {
    const keyed = (type: string, key: string) =>
      templates.all(type).filter(({ properties }) => JSON.stringify(properties[key] ?? null) === 'null');
    expect(keyed('AWS::SQS::Queue', 'KmsMasterKeyId')).toEqual([]);
    expect(keyed('AWS::SNS::Topic', 'KmsMasterKeyId')).toEqual([]);
    expect(keyed('AWS::Kinesis::Stream', 'StreamEncryption')).toEqual([]);
    expect(keyed('AWS::DynamoDB::Table', 'SSESpecification')).toEqual([]);
    expect(keyed('AWS::RDS::DBCluster', 'KmsKeyId')).toEqual([]);
    expect(keyed('AWS::ElastiCache::ServerlessCache', 'KmsKeyId')).toEqual([]);
    expect(keyed('AWS::SecretsManager::Secret', 'KmsKeyId')).toEqual([]);
    expect(keyed('AWS::Logs::LogGroup', 'KmsKeyId').map(({ id }) => id)).toEqual([]);
    expect(keyed('AWS::S3::Bucket', 'BucketEncryption')).toEqual([]);
    const rotated = templates.all<{ EnableKeyRotation: boolean }>('AWS::KMS::Key');
    expect(rotated.every(({ properties }) => properties.EnableKeyRotation)).toBe(true);
  });

  it('S55: database and cache take TLS alone, and the proxy takes tokens of roles alone', () => {
    expect(templates.all('AWS::RDS::DBProxy')[0]?.properties).toMatchObject({
      RequireTLS: true,
      DefaultAuthScheme: 'IAM_AUTH',
    });
    expect(templates.all('AWS::RDS::DBCluster')[0]?.properties).toMatchObject({
      EnableIAMDatabaseAuthentication: true,
      StorageEncrypted: true,
    });
    const users = templates.all<{ UserName: string; AccessString: string }>('AWS::ElastiCache::User');
    const nobody = users.find(({ properties }) => properties.UserName === 'default');
    expect(nobody?.properties.AccessString).toMatch(/^off .*-@all$/);
  });

  it('writes down where databases and users of services are made, and enables the way in to make them', () => {
    const parameters = templates
      .all<{ Name: string; Value: unknown }>('AWS::SSM::Parameter')
      .map(({ properties }) => [properties.Name, written(properties.Value)] as const);
    const places = new Map(parameters);
    expect(places.get(DATABASE_CLUSTER_PARAMETER)).toMatch(/:cluster:/);
    expect(places.get(DATABASE_ADMIN_PARAMETER)).toMatch(/Secret/);
    const clusters = templates.all<{ EnableHttpEndpoint?: boolean }>('AWS::RDS::DBCluster');
    expect(clusters.map(({ properties }) => properties.EnableHttpEndpoint)).toEqual([true]);
  });

  it('no data is public: neither buckets nor databases, and the network lets nobody in from outside', () => {
    for (const { properties } of templates.all('AWS::S3::Bucket'))
      expect(properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    const instances = templates.all<{ PubliclyAccessible?: boolean }>('AWS::RDS::DBInstance');
    expect(instances.filter(({ properties }) => properties.PubliclyAccessible === true)).toEqual([]);
    const groups = templates.all<{ SecurityGroupIngress?: readonly { CidrIp?: string }[] }>('AWS::EC2::SecurityGroup');
    const open = groups.flatMap(({ properties }) => properties.SecurityGroupIngress ?? []);
    expect(open.filter(({ CidrIp }) => CidrIp === '0.0.0.0/0')).toEqual([]);
  });

  it('R34: tables are on demand, can be had back as they were at any second, and sweep what has expired', () => {
    const tables = templates.all<{ TableName: string; TimeToLiveSpecification?: { AttributeName: string } }>(
      'AWS::DynamoDB::Table',
    );
    for (const { properties } of tables)
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: guarded,
      });
    const swept = tables.filter(({ properties }) => properties.TimeToLiveSpecification?.AttributeName === 'expiresAt');
    expect(swept.map(({ properties }) => properties.TableName)).toContain('lethe-sessions');
  });

  it(`what remembers ${guarded ? 'stays when its stack goes' : 'goes with its stack'}`, () => {
    const kept = STATEFUL.flatMap((type) => templates.all(type)).filter(({ stack }) =>
      ['data', 'keys', 'messaging'].includes(stack),
    );
    const policies = new Set(kept.map(({ resource }) => resource.DeletionPolicy));
    expect(policies).toEqual(new Set([guarded ? 'Retain' : 'Delete']));
  });

  it('stands apart from what does not remember', () => {
    const stacks = new Set(STATEFUL.flatMap((type) => templates.all(type)).map(({ stack }) => stack));
    expect([...stacks].filter((stack) => ['functions', 'network', 'services'].includes(stack))).toEqual([]);
  });

  it('calls to AWS need no NAT: each service of AWS that the store uses has an endpoint inside', () => {
    const names = templates.all<{ ServiceName: unknown }>('AWS::EC2::VPCEndpoint');
    const services = names.map(({ properties }) => written(properties.ServiceName).split('.').at(-1));
    expect(services).toEqual(
      expect.arrayContaining([
        's3',
        'dynamodb',
        'sqs',
        'sns',
        'secretsmanager',
        'states',
        'kms',
        'logs',
        'dkr',
        'email',
      ]),
    );
    const zones = new Set(
      templates
        .all<{ AvailabilityZone: string }>('AWS::EC2::Subnet')
        .map(({ properties }) => properties.AvailabilityZone),
    );
    expect(zones.size).toBe(3);
  });
});

describe('the stack of the data', () => {
  it('S56: makes the secrets that a deployment fills, each with what is known for chance', () => {
    const secrets = new Map(
      new Templates('production')
        .all<{ Name: string; GenerateSecretString?: { PasswordLength?: number; ExcludePunctuation?: boolean } }>(
          'AWS::SecretsManager::Secret',
        )
        .map(({ properties: { Name, GenerateSecretString } }) => [Name, GenerateSecretString] as const),
    );
    const filled = [...KEYED.map(serviceKeySecret), SERVICE_KEYS_SECRET, ...PROVIDED.map(({ name }) => name)];
    expect(filled.map((name) => secrets.get(name))).toEqual(
      filled.map(() => ({ PasswordLength: 32, ExcludePunctuation: true })),
    );
    expect(isGenerated('aA0'.repeat(10) + 'zZ')).toBe(true);
    expect(isGenerated(`sk_${'a'.repeat(29)}`)).toBe(false);
  });
});
