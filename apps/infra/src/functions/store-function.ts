import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack, Tags } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type FunctionDefinition, functionAccess } from '@lethe/contracts';
import { Construct } from 'constructs';
import type { StoreKeys } from '../data/keys.stack.js';
import { MissingSourceError } from '../infra.errors.js';
import { SUBNETS } from '../network/subnets.js';
import { accessGrants } from '../permissions/access-grants.js';
import type { Grant } from '../permissions/grant.js';
import { Grants } from '../permissions/grants.js';
import { retentionOf } from '../stages/retention.js';
import type { StageDefinition } from '../stages/stage.js';
import { functionEnvironment } from './function-environment.js';

export interface StoreFunctionOptions {
  readonly definition: FunctionDefinition;
  readonly stage: StageDefinition;
  readonly vpc: IVpc;
  readonly access: ISecurityGroup;
  readonly keys: StoreKeys;
  /** The folder with a bundle per handler; undefined where the templates are only read. */
  readonly bundles: string | undefined;
  /** What its source needs of its role. */
  readonly sourceGrants: readonly Grant[];
}

/** What Lambda does in the name of a function in a network. It makes interfaces whose names nobody knows before. */
const IN_NETWORK: Grant = {
  actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
  resources: ['*'],
  because: 'lets Lambda attach the function to the network',
};

function codeOf(handler: string, bundles: string | undefined): Code {
  if (bundles === undefined) return Code.fromInline('// read, not deployed');
  const folder = join(bundles, handler);
  if (!existsSync(join(folder, 'index.mjs')))
    throw new MissingSourceError(`the bundle of ${handler}`, 'run `nx run @lethe/functions:bundle`');
  return Code.fromAsset(folder);
}

/** Retries of asynchronous invocations, which a bucket and a schedule make. Buckets set theirs with what follows them. */
function asyncRetries({ source }: FunctionDefinition): number | undefined {
  if (source?.type === 'bucket') return undefined;
  return source?.type === 'schedule' ? source.maximumRetryAttempts : 0;
}

/** A function of the contracts, from its bundle. Throws a {@link MissingSourceError} where there is none. */
export class StoreFunction extends Construct {
  readonly function: Function;
  readonly role: Role;

  constructor(scope: Construct, id: string, options: StoreFunctionOptions) {
    super(scope, id);
    const { definition, stage, vpc, access, keys, bundles } = options;
    const { name, handler, description, timeoutSeconds, memoryMb } = definition;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/lethe/functions/${handler}`,
      encryptionKey: keys.logs,
      retention: retentionOf(stage),
    });
    this.role = new Role(this, 'Role', {
      roleName: name,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${handler} may do.`,
    });
    new Grants(this, 'Grants', this.role, this.#grants(options, logGroup));
    this.function = new Function(this, 'Function', {
      functionName: name,
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: codeOf(handler, bundles),
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMb,
      role: this.role.withoutPolicyUpdates(),
      vpc,
      vpcSubnets: SUBNETS.inner,
      securityGroups: [access],
      environment: functionEnvironment(this, definition, stage),
      environmentEncryption: keys.secrets,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      // What fails is retried by its source as the contracts say; functions without one are called, and answer.
      retryAttempts: asyncRetries(definition),
    });
    Tags.of(this).add('service', 'functions');
  }

  #grants({ definition, stage, keys, sourceGrants }: StoreFunctionOptions, logGroup: LogGroup): Grant[] {
    return [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
        because: 'writes its logs',
      },
      { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'], because: 'sends traces' },
      IN_NETWORK,
      {
        actions: ['kms:Decrypt'],
        resources: [keys.secrets.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': [`lambda.${Stack.of(this).region}.amazonaws.com`] },
        },
        because: 'its variables are encrypted',
      },
      ...accessGrants(this, functionAccess[definition.handler] ?? {}, { keys, mailDomain: stage.domain }),
      ...sourceGrants,
    ];
  }
}
