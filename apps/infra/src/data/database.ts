import { ArnFormat, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseProxy,
  DefaultAuthScheme,
  ParameterGroup,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { storeServices } from '@lethe/contracts';
import { DATABASE_ADMIN_PARAMETER, DATABASE_CLUSTER_PARAMETER } from '@lethe/delivery';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { SUBNETS } from '../network/subnets.js';
import { Grants } from '../permissions/grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import type { StoreKeys } from './keys.stack.js';

interface StoreDatabaseOptions {
  readonly vpc: IVpc;
  readonly stage: StageDefinition;
  readonly keys: StoreKeys;
  readonly removal: RemovalPolicy;
}

const ENGINE = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_18_3 });
const POSTGRES = Port.tcp(5432);
/** Longer than a pool of a service keeps a connection that does nothing. */
const IDLE = Duration.minutes(10);
const CLUSTER = 'lethe';

/**
 * Aurora PostgreSQL, as large as the load, with a proxy before it: every service has a database and a user of its own, and
 * signs in as its role by tokens of a quarter of an hour. No service knows a password.
 */
export class StoreDatabase extends Construct {
  readonly cluster: DatabaseCluster;
  readonly proxy: DatabaseProxy;
  /** Who may connect to the proxy. */
  readonly clients: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, stage, keys, removal }: StoreDatabaseOptions) {
    super(scope, id);
    const group = (name: string, description: string): SecurityGroup =>
      new SecurityGroup(this, name, { vpc, description, allowAllOutbound: false });
    this.clients = group('Clients', 'Tasks that connect to the database proxy.');
    const proxies = group('ProxyAccess', 'The database proxy.');
    const database = group('DatabaseAccess', 'The database.');
    this.cluster = this.#cluster(vpc, stage, keys, removal, database);
    this.proxy = this.#proxy(vpc, proxies);
    this.#writeDown();
    this.clients.addEgressRule(proxies, POSTGRES, 'the database proxy');
    proxies.addIngressRule(this.clients, POSTGRES, 'tasks of services');
    proxies.addEgressRule(database, POSTGRES, 'the database');
    database.addIngressRule(proxies, POSTGRES, 'the database proxy');
  }

  #cluster(
    vpc: IVpc,
    stage: StageDefinition,
    keys: StoreKeys,
    removal: RemovalPolicy,
    access: SecurityGroup,
  ): DatabaseCluster {
    const { leastUnits, mostUnits, readers, backupDays } = stage.database;
    new LogGroup(this, 'Logs', {
      logGroupName: `/aws/rds/cluster/${CLUSTER}/postgresql`,
      encryptionKey: keys.logs,
      retention: retentionOf(stage),
      removalPolicy: removal,
    });
    const cluster = new DatabaseCluster(this, 'Cluster', {
      engine: ENGINE,
      clusterIdentifier: CLUSTER,
      vpc,
      vpcSubnets: SUBNETS.inner,
      securityGroups: [access],
      ...instances(readers, keys),
      serverlessV2MinCapacity: leastUnits,
      serverlessV2MaxCapacity: mostUnits,
      credentials: Credentials.fromGeneratedSecret('lethe_admin', {
        secretName: 'lethe/database/admin',
        encryptionKey: keys.secrets,
      }),
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine: ENGINE,
        description: 'TLS only; slow statements and lock waits are logged.',
        parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '1000', log_lock_waits: '1' },
      }),
      iamAuthentication: true,
      storageEncrypted: true,
      storageEncryptionKey: keys.data,
      backup: { retention: Duration.days(backupDays), preferredWindow: '02:00-03:00' },
      preferredMaintenanceWindow: 'sun:04:00-sun:05:00',
      cloudwatchLogsExports: ['postgresql'],
      copyTagsToSnapshot: true,
      deletionProtection: stage.guarded,
      removalPolicy: removal,
      // For the step that makes a database and a user per service, which runs outside the network.
      enableDataApi: true,
    });
    if (!stage.guarded)
      acknowledge(cluster, ['AwsSolutions-RDS10'], 'A stage to try things out in may be thrown away.');
    cluster.addRotationSingleUser({ automaticallyAfter: Duration.days(30) });
    return cluster;
  }

  /** Where the step finds it that makes a database and a user per service. */
  #writeDown(): void {
    const places: Record<string, string> = { [DATABASE_CLUSTER_PARAMETER]: this.cluster.clusterArn };
    if (this.cluster.secret !== undefined) places[DATABASE_ADMIN_PARAMETER] = this.cluster.secret.secretArn;
    for (const [parameterName, stringValue] of Object.entries(places))
      new StringParameter(this, parameterName.slice(1).replaceAll('/', '-'), { parameterName, stringValue });
  }

  #proxy(vpc: IVpc, access: SecurityGroup): DatabaseProxy {
    return new DatabaseProxy(this, 'Proxy', {
      dbProxyName: 'lethe',
      role: this.#proxyRole(),
      proxyTarget: ProxyTarget.fromCluster(this.cluster),
      vpc,
      vpcSubnets: SUBNETS.inner,
      securityGroups: [access],
      defaultAuthScheme: DefaultAuthScheme.IAM_AUTH,
      iamAuth: true,
      requireTLS: true,
      idleClientTimeout: IDLE,
      maxConnectionsPercent: 90,
      maxIdleConnectionsPercent: 30,
      borrowTimeout: Duration.seconds(5),
    });
  }

  /** The proxy signs in to the database as the user that signed in to it, by tokens too. */
  #proxyRole(): Role {
    const role = new Role(this, 'ProxyRole', {
      assumedBy: new ServicePrincipal('rds.amazonaws.com'),
      description: 'The database proxy, towards the database.',
    });
    new Grants(this, 'ProxyGrants', role, [
      {
        actions: ['rds-db:connect'],
        resources: storeServices.map(({ name }) =>
          Stack.of(this).formatArn({
            service: 'rds-db',
            resource: 'dbuser',
            resourceName: `${this.cluster.clusterResourceIdentifier}/${name}`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ),
        because: 'the proxy signs in as the user that signed in to it',
      },
    ]);
    return role;
  }
}

/** A writer and so many readers, in other zones. The first is as large as the writer at any time: it takes its place at once. */
function instances(readers: number, keys: StoreKeys) {
  const insights = { enablePerformanceInsights: true, performanceInsightEncryptionKey: keys.data };
  return {
    writer: ClusterInstance.serverlessV2('writer', insights),
    readers: Array.from({ length: readers }, (_, at) =>
      ClusterInstance.serverlessV2(`reader-${at + 1}`, { ...insights, scaleWithWriter: at === 0 }),
    ),
  };
}
