import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** What messaging needs of an SDK client: that it carries out commands. */
interface Sender<Client extends { readonly send: unknown }> {
  readonly send: Client['send'];
}

/** The clients that messaging works with: those of `@lethe/aws`, or those of the simulator. */
export interface MessagingClients {
  readonly sqs: Sender<SQSClient>;
  readonly sns: Sender<SNSClient> & { readonly config: { region(): Promise<string> } };
  readonly s3: Sender<S3Client>;
}
