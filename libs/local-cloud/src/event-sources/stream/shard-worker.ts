import { type KinesisClient } from '@aws-sdk/client-kinesis';
import { fullJitter, pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import type { StreamSource } from '@lethe/topology';
import { type EventSourceMapping } from '../mapping.js';
import { type DeliveryParts, deliver } from './batch-delivery.js';
import { discardedBatch } from './discarded-batch.js';
import { lanesOf } from './lanes.js';
import { ShardProgress } from './shard-progress.js';
import { ShardReader } from './shard-reader.js';
import { type ShardAddress, type ShardRecord, streamEvent } from './stream-event.js';

/** Records that one GetRecords gives. */
const MAX_RECORDS = 10_000;

/** What a shard's work needs. */
export interface ShardWork {
  readonly mapping: EventSourceMapping<StreamSource>;
  readonly kinesis: KinesisClient;
  readonly context: EventSourceContext;
  readonly address: ShardAddress;
  readonly checkpoint: string | undefined;
  /** Keeps a checkpoint for good before it returns. */
  readonly save: (checkpoint: string) => void;
}

/**
 * Brings the records of one shard to the function, from the checkpoint on. Resolves with true at the end of the shard.
 * Rejects where something was in the way; whoever calls again then begins at the checkpoint.
 */
export async function workShard(work: ShardWork): Promise<boolean> {
  const { mapping, kinesis, context, address, checkpoint, save } = work;
  const { source } = mapping;
  const { stopping, pace } = context;
  const reader = new ShardReader(kinesis, source.stream, address.shardId, checkpoint);
  const limit = Math.min(MAX_RECORDS, source.batchSize * source.parallelizationFactor);
  const progress = new ShardProgress();
  const parts = deliveryOf(work, (records) => {
    const reached = progress.done(records.map(({ sequenceNumber }) => sequenceNumber));
    if (reached !== undefined) save(reached);
  });
  while (!stopping.aborted) {
    const { records, ended } = await gather(reader, limit, work);
    progress.read(records.map(({ sequenceNumber }) => sequenceNumber));
    const lanes = lanesOf(records, source.parallelizationFactor);
    await Promise.all(lanes.map((lane) => deliverLane(lane, source.batchSize, parts)));
    if (ended && !stopping.aborted) return true;
    if (records.length === 0) await pause(pace.pollMs, stopping);
  }
  return false;
}

/** Up to `limit` records, or what came within the window. */
async function gather(reader: ShardReader, limit: number, { mapping, context }: ShardWork) {
  const { timers, pace, stopping } = context;
  const first = await reader.next(limit, stopping);
  const records = [...first.records];
  let { ended } = first;
  const until = timers.monotonic() + mapping.source.batchingWindowSeconds * 1_000;
  while (records.length > 0 && records.length < limit && !ended && !stopping.aborted) {
    const left = until - timers.monotonic();
    if (left <= 0) break;
    await pause(Math.min(left, pace.pollMs), stopping);
    const more = await reader.next(limit - records.length, stopping);
    records.push(...more.records);
    ended = more.ended;
  }
  return { records, ended };
}

async function deliverLane(records: readonly ShardRecord[], batchSize: number, parts: DeliveryParts): Promise<void> {
  for (let from = 0; from < records.length && !parts.stopped(); from += batchSize) {
    await deliver(records.slice(from, from + batchSize), parts);
  }
}

function deliveryOf({ mapping, context, address }: ShardWork, done: DeliveryParts['done']): DeliveryParts {
  const { name, timeoutSeconds, source } = mapping;
  const { invoker, pace, timers, stopping, onError, send, region, accountId } = context;
  const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return {
    rules: source,
    invoke: async (records) => {
      const answer = await invoker.invoke(name, streamEvent(records, address), timeoutSeconds);
      if (answer.type === 'unavailable') onError(name, answer.reason);
      if (answer.type === 'failed') onError(name, answer.payload);
      return answer;
    },
    done,
    discard: async (records, why) => {
      const report = JSON.stringify(discardedBatch(records, address, { functionArn, ...why }, timers.now()));
      // Nothing is given up unheard: until the destination takes the report, the shard waits.
      for (let attempt = 1; !stopping.aborted; attempt++) {
        try {
          return await send(source.onFailureQueue, report);
        } catch (error) {
          onError(name, error);
          await pause(fullJitter(attempt, { base: pace.retryBaseMs, cap: pace.retryCapMs }), stopping);
        }
      }
      throw new Error('stopped before the on-failure destination knew');
    },
    pause: (attempt) => pause(fullJitter(attempt, { base: pace.retryBaseMs, cap: pace.retryCapMs }), stopping),
    now: () => timers.now(),
    stopped: () => stopping.aborted,
  };
}
