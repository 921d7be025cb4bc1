import { DeleteStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { type AwsClients, createClients } from '@lethe/aws';
import { type Cloud, startTestCloud } from '@lethe/local-cloud';
import { provisionLeaseTable, provisionStreams } from '@lethe/streaming/provision';

export const LEASES = 'bench-leases';

/** Kinesis and DynamoDB of their own, in processes of their own, and clients of both kinds. */
export interface BenchCloud {
  readonly env: Readonly<Record<string, string>>;
  readonly clients: AwsClients;
  /** With the SDK's own transport, over HTTP/1.1: the embedded Kinesis speaks nothing else. */
  readonly sdk: KinesisClient;
  create(stream: string, shards: number): Promise<void>;
  remove(stream: string): Promise<void>;
}

/** Does the work with it, and ends it. `instead`: endpoints of others than it brings. */
export async function withBenchCloud<Result>(
  work: (cloud: BenchCloud) => Promise<Result>,
  instead: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const cloud: Cloud = await startTestCloud();
  const env = { ...cloud.env, ...instead };
  Object.assign(process.env, env);
  const region = env['AWS_REGION'] ?? 'us-east-1';
  const clients = createClients({ region });
  const bare = createClients({ region, transport: 'sdk', requestTimeoutMs: 30_000 });
  try {
    await provisionLeaseTable(LEASES, clients.dynamodb);
    return await work({
      env,
      clients,
      sdk: bare.kinesis,
      create: (name, shards) => provisionStreams([{ name, owner: 'bench', shards }], clients.kinesis),
      remove: async (StreamName) => {
        await clients.kinesis.send(new DeleteStreamCommand({ StreamName }));
      },
    });
  } finally {
    clients.close();
    bare.close();
    await cloud.stop();
  }
}
