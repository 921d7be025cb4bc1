import { SQSClient } from '@aws-sdk/client-sqs';
import { type Cloud } from '@lethe/local-cloud';

/** The name of a service's database. */
export function databaseOf(service: string): string {
  return `lethe_${service}`;
}

/** The variables by which the AWS SDK finds the embedded servers. */
export function awsOf(cloud: Cloud): Record<string, string> {
  return Object.fromEntries(Object.entries(cloud.env).filter(([name]) => name.startsWith('AWS_')));
}

/** The variables by which services find the embedded user pool, if there is one. */
export function cognitoOf(cloud: Cloud): Record<string, string> | undefined {
  const found = Object.entries(cloud.env).filter(([name]) => name.startsWith('COGNITO_'));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** A client of the embedded SQS. */
export function sqsOf({ env }: Cloud): SQSClient {
  return new SQSClient({
    region: env['AWS_REGION'] ?? '',
    endpoint: env['AWS_ENDPOINT_URL_SQS'] ?? '',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  });
}
