import type { AwsClients } from '@lethe/aws';
import type { StreamDefinition } from '@lethe/topology';
import type { StreamBatch } from './handling/batch.js';
import type { ConsumerListener } from './handling/stream-events.js';

export interface ConsumerGroupOptions<D extends StreamDefinition> {
  readonly definition: D;
  /** Name of the stream in AWS, see `streamName` of the topology. */
  readonly stream: string;
  /** Who reads: workers of one application share the shards, different applications each read all of them. */
  readonly application: string;
  /** Name of this worker in leases and logs; a random part is added, so that a restarted worker is a new one. */
  readonly worker: string;
  readonly leaseTable: string;
  readonly clients: Pick<AwsClients, 'kinesis' | 'dynamodb'>;
  /**
   * Handles a batch; it counts as handled when the promise resolves. When it rejects, the same batch comes again after
   * a pause and the shard waits: no record is skipped. Delivery is at least once.
   */
  readonly handle: (batch: StreamBatch<D>) => Promise<void>;
  readonly onEvent?: ConsumerListener;
  /** Milliseconds after which the lease of a dead worker may be taken; 10,000. */
  readonly leaseDurationMs?: number;
  /** Milliseconds between looks at the leases: a released lease is taken within about as much; 1,000. */
  readonly syncMs?: number;
  /** Milliseconds between looks at the stream's shards, beside those after a shard's end; 30,000. */
  readonly shardSyncMs?: number;
  /** Milliseconds between reads of a shard that has nothing new; 500. Never less than the 200 that Kinesis allows. */
  readonly idlePollMs?: number;
  /** Milliseconds between checkpoints while there is much to read; 1,000. Idle and stopping checkpoint at once. */
  readonly checkpointIntervalMs?: number;
  /** Records of one batch, at most 10,000; 500. */
  readonly batchSize?: number;
  /** Pause before a batch whose handler failed comes again, with full jitter; 100 ms to 10 s. */
  readonly handlerBackoff?: { readonly base: number; readonly cap: number };
  /** Monotonic milliseconds; performance.now. */
  readonly monotonic?: () => number;
  readonly random?: () => number;
}

export type ConsumerSettings<D extends StreamDefinition> = Required<ConsumerGroupOptions<D>>;

export function withDefaults<D extends StreamDefinition>(options: ConsumerGroupOptions<D>): ConsumerSettings<D> {
  return {
    onEvent: () => undefined,
    leaseDurationMs: 10_000,
    syncMs: 1_000,
    shardSyncMs: 30_000,
    idlePollMs: 500,
    checkpointIntervalMs: 1_000,
    batchSize: 500,
    handlerBackoff: { base: 100, cap: 10_000 },
    monotonic: () => performance.now(),
    random: Math.random,
    ...options,
  };
}
