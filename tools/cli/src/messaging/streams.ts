import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  ResourceNotFoundException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import type { AwsClients } from '@lethe/aws';
import type { StreamResource } from '@lethe/topology';

/** A stream that is not as declared. */
export interface StreamChange {
  readonly action: 'create' | 'change';
  readonly kind: 'stream';
  readonly name: string;
  readonly attributes: readonly { readonly name: 'Shards'; readonly live?: string; readonly declared: string }[];
}

/** Which streams are missing, or have another number of shards. Throws the error of the SDK. */
export async function planStreams(clients: AwsClients, streams: readonly StreamResource[]): Promise<StreamChange[]> {
  const changes = await Promise.all(streams.map((stream) => planStream(clients, stream)));
  return changes.filter((change) => change !== undefined);
}

async function planStream(
  { kinesis }: AwsClients,
  { name, shards }: StreamResource,
): Promise<StreamChange | undefined> {
  const declared = String(shards);
  try {
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
    const live = String(StreamDescriptionSummary?.OpenShardCount);
    if (live === declared) return undefined;
    return { action: 'change', kind: 'stream', name, attributes: [{ name: 'Shards', live, declared }] };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return { action: 'create', kind: 'stream', name, attributes: [{ name: 'Shards', declared }] };
  }
}

/** Makes the streams that are missing. Those there are keep their shards: resharding moves keys, and is done apart. */
export async function createStreams({ kinesis }: AwsClients, changes: readonly StreamChange[]): Promise<void> {
  for (const { name, attributes } of changes.filter(({ action }) => action === 'create')) {
    const ShardCount = Number(attributes[0]?.declared);
    await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { StreamName: name });
  }
}
