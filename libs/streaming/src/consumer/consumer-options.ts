import type { AwsClients } from '@lethe/aws';
import type { StreamDefinition } from '@lethe/topology';
import { type HandlingOptions, type HandlingSettings, handlingSettings } from './handling/handling-options.js';
import { polling } from './reading/polling.js';
import type { OpenSource } from './reading/record-source.js';

export interface ConsumerGroupOptions<D extends StreamDefinition> extends HandlingOptions<D> {
  /** Name of the stream in AWS, see `streamName` of the topology. */
  readonly stream: string;
  /** Who reads: workers of one application share the shards, different applications each read all of them. */
  readonly application: string;
  /** Name of this worker in leases and logs; a random part is added, so that a restarted worker is a new one. */
  readonly worker: string;
  readonly leaseTable: string;
  readonly clients: Pick<AwsClients, 'kinesis' | 'dynamodb'>;
  /** How shards are read: `polling` by default, or `fanOut`, either of them `prefetched`. */
  readonly source?: OpenSource;
  /** Milliseconds after which the lease of a dead worker may be taken; 10,000. */
  readonly leaseDurationMs?: number;
  /** Milliseconds between looks at the leases: a released lease is taken within about as much; 1,000. */
  readonly syncMs?: number;
  /** Milliseconds between looks at the stream's shards, beside those after a shard's end; 30,000. */
  readonly shardSyncMs?: number;
  /** Milliseconds between reads of a shard that has nothing new; 500. Never less than the 200 that Kinesis allows. */
  readonly idlePollMs?: number;
  /** Monotonic milliseconds; performance.now. */
  readonly monotonic?: () => number;
  readonly random?: () => number;
}

export type ConsumerSettings<D extends StreamDefinition> = HandlingSettings<D> &
  Required<Omit<ConsumerGroupOptions<D>, keyof HandlingOptions<D>>>;

/** Throws a TypeError where options contradict each other. */
export function withDefaults<D extends StreamDefinition>(options: ConsumerGroupOptions<D>): ConsumerSettings<D> {
  const { idlePollMs = 500 } = options;
  return {
    source: polling({ idlePollMs }),
    leaseDurationMs: 10_000,
    syncMs: 1_000,
    shardSyncMs: 30_000,
    monotonic: () => performance.now(),
    random: Math.random,
    ...options,
    idlePollMs,
    ...handlingSettings(options),
  };
}
