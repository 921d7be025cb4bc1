import { Stack } from 'aws-cdk-lib';
import { imagesBucket, importsBucket, lakeBucket } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';
import type { StageDefinition } from '../stages/stage.js';
import { PORT, TASK_LIMITS } from './task-limits.js';

/** Where services and functions reach each other: the balancer, by a name that resolves to its addresses inside. */
export function internalUrl({ domain }: StageDefinition): string {
  return `https://${internalName(domain)}`;
}
export function internalName(domain: string): string {
  return `internal.${domain}`;
}

interface EnvironmentOptions {
  readonly service: string;
  readonly stage: StageDefinition;
  readonly databaseHost: string;
  readonly userPool?: { readonly id: string; readonly clientId: string } | undefined;
  readonly schedulesRoleArn: string;
}

/** The variables of a service that are no secrets, as `docs/environment.md` describes them. */
export function serviceEnvironment(scope: Construct, options: EnvironmentOptions): Record<string, string> {
  const { service, stage, databaseHost, userPool, schedulesRoleArn } = options;
  const { account, region } = Stack.of(scope);
  const own: Readonly<Record<string, Record<string, string>>> = {
    analytics: { LAKE_BUCKET: bucketName(scope, lakeBucket), LAKE_CLICKS: stage.lakeClicks },
    auth: { MAIL_FROM: `Lethe <no-reply@${stage.domain}>` },
    catalog: {
      IMPORTS_BUCKET: bucketName(scope, importsBucket),
      IMAGES_BUCKET: bucketName(scope, imagesBucket),
    },
    orders: {
      CATALOG_URL: internalUrl(stage),
      PAYMENT_URL: 'https://api.stripe.com',
      SCHEDULES: 'eventbridge',
      SCHEDULES_ROLE_ARN: schedulesRoleArn,
    },
  };
  return {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PORT: String(PORT),
    LOG_LEVEL: 'info',
    METRICS: 'emf',
    TRACES_URL: `https://xray.${region}.amazonaws.com/v1/traces`,
    AWS_REGION: region,
    AWS_ACCOUNT_ID: account,
    // Signed in to by tokens of the task's role: there is no password.
    DATABASE_URL: `postgres://${service}@${databaseHost}:5432/${service}?sslmode=verify-full`,
    DATABASE_AUTH: 'iam',
    PUBLIC_URL: `https://${stage.domain}`,
    JWKS_URL: `${internalUrl(stage)}/auth/.well-known/jwks.json`,
    // CloudFront and the balancer.
    TRUSTED_PROXY_HOPS: '2',
    DRAIN_DELAY_MS: String(TASK_LIMITS.drainDelay * 1_000),
    DRAIN_TIMEOUT_MS: String(TASK_LIMITS.drain * 1_000),
    ...(userPool === undefined
      ? {}
      : {
          IDENTITY_PROVIDER: 'cognito',
          COGNITO_USER_POOL_ID: userPool.id,
          COGNITO_CLIENT_ID: userPool.clientId,
        }),
    ...own[service],
  };
}
