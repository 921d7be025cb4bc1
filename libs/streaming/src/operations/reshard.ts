import {
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis';
import { pause } from '@lethe/kernel';
import { NoShardCountError, UnexpectedAnswerError } from '../streaming.errors.js';
import { type StreamStatus, describeStream } from './stream-status.js';

const POLL_MS = 500;

/** What to do to a stream's shards. */
export type ReshardPlan =
  /** So many of equal hash ranges. */
  | { readonly shards: number }
  /** One in the middle of its hash range. */
  | { readonly split: string }
  | { readonly merge: readonly [string, string] };

/** Reshards and waits until the stream is active again; `onProgress` hears how it stands. Throws a {@link NoShardCountError}, and the SDK's errors. */
export async function reshard(
  kinesis: KinesisClient,
  stream: string,
  plan: ReshardPlan,
  onProgress: (status: StreamStatus) => void = () => undefined,
  signal?: AbortSignal,
): Promise<StreamStatus> {
  await begin(kinesis, stream, plan);
  for (;;) {
    const status = await describeStream(kinesis, stream);
    if (status === undefined) throw new UnexpectedAnswerError(`${stream} is gone`);
    onProgress(status);
    if (status.status === 'ACTIVE' || signal?.aborted === true) return status;
    await pause(POLL_MS, signal);
  }
}

async function begin(kinesis: KinesisClient, StreamName: string, plan: ReshardPlan): Promise<void> {
  if ('shards' in plan) {
    await updateShardCount(kinesis, StreamName, plan.shards);
  } else if ('split' in plan) {
    const NewStartingHashKey = await middleOf(kinesis, StreamName, plan.split);
    await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: plan.split, NewStartingHashKey }));
  } else {
    const [ShardToMerge, AdjacentShardToMerge] = plan.merge;
    await kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge }));
  }
}

async function updateShardCount(kinesis: KinesisClient, StreamName: string, TargetShardCount: number): Promise<void> {
  const command = new UpdateShardCountCommand({ StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' });
  try {
    await kinesis.send(command);
  } catch (error) {
    // Embedded servers know SplitShard and MergeShards only.
    if (error instanceof Error && error.name === 'UnknownOperationException')
      throw new NoShardCountError({ cause: error });
    throw error;
  }
}

async function middleOf(kinesis: KinesisClient, stream: string, shardId: string): Promise<string> {
  let token: string | undefined;
  do {
    const page: { Shards?: Shard[] | undefined; NextToken?: string | undefined } = await kinesis.send(
      new ListShardsCommand(token === undefined ? { StreamName: stream } : { NextToken: token }),
    );
    const range = page.Shards?.find(({ ShardId }) => ShardId === shardId)?.HashKeyRange;
    if (range?.StartingHashKey !== undefined && range.EndingHashKey !== undefined) {
      return String((BigInt(range.StartingHashKey) + BigInt(range.EndingHashKey)) / 2n + 1n);
    }
    token = page.NextToken;
  } while (token !== undefined);
  throw new RangeError(`${stream} has no shard ${shardId}`);
}
