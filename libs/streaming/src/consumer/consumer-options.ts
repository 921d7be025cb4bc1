import type { AwsClients } from '@lethe/aws';
import { systemTimers } from '@lethe/kernel';
import type { StreamDefinition } from '@lethe/topology';
import { type HandlingOptions, type HandlingSettings, handlingSettings } from './handling/handling-options.js';
import type { StartAt } from './leases/checkpoint.js';
import type { LeaseKeyForm } from './leases/lease-keys.js';
import { polling } from './reading/polling.js';
import { prefetched } from './reading/prefetched.js';
import type { OpenSource } from './reading/record-source.js';

export interface ConsumerGroupOptions<D extends StreamDefinition> extends HandlingOptions<D> {
  /** Name of the stream in AWS, see `streamName` of the topology; or of several whose records are alike. */
  readonly stream: string | readonly string[];
  /** Who reads: workers of one application share the shards, different applications each read all of them. */
  readonly application: string;
  /** Name of this worker in leases and logs; a random part is added, so that a restarted worker is a new one. */
  readonly worker: string;
  readonly leaseTable: string;
  /** How rows of the lease table are named: `shared` by default; `kcl` for a table that tools of KCL read. */
  readonly leaseKeys?: LeaseKeyForm;
  /**
   * Where an application that has no leases yet begins; `trim-horizon`, the oldest record. `latest` is the time at which
   * its first worker came. Shards of a later reshard are read whole.
   */
  readonly startAt?: StartAt;
  readonly clients: Pick<AwsClients, 'kinesis' | 'dynamodb'>;
  /** How shards are read: `polling` or `fanOut`, either of them perhaps `prefetched`; `prefetched(polling())`. */
  readonly source?: OpenSource;
  /** Milliseconds after which the lease of a dead worker may be taken; 10,000. */
  readonly leaseDurationMs?: number;
  /** Milliseconds between looks at the leases: a released lease is taken within about as much; 1,000. */
  readonly syncMs?: number;
  /** Milliseconds between looks of one of the workers at the stream's shards, beside those after a shard's end; 30,000. */
  readonly shardSyncMs?: number;
  /** Milliseconds between reads of a shard that has nothing new; 500. Never less than the 200 that Kinesis allows. */
  readonly idlePollMs?: number;
  /** Monotonic milliseconds; those of `timers`. */
  readonly monotonic?: () => number;
  /** That of `timers`. */
  readonly random?: () => number;
}

export type ConsumerSettings<D extends StreamDefinition> = HandlingSettings<D> &
  Required<Omit<ConsumerGroupOptions<D>, keyof HandlingOptions<D> | 'stream'>> & {
    /** All that the group reads; `stream` is the first of them. */
    readonly streams: readonly string[];
  };

/** Throws a TypeError where options contradict each other. */
export function withDefaults<D extends StreamDefinition>(options: ConsumerGroupOptions<D>): ConsumerSettings<D> {
  const { idlePollMs = 500, timers = systemTimers } = options;
  const streams = typeof options.stream === 'string' ? [options.stream] : [...new Set(options.stream)];
  const [stream] = streams;
  if (stream === undefined) throw new TypeError('a consumer group has a stream to read');
  return {
    source: prefetched(polling({ idlePollMs, timers })),
    leaseKeys: 'shared',
    startAt: 'trim-horizon',
    leaseDurationMs: 10_000,
    syncMs: 1_000,
    shardSyncMs: 30_000,
    monotonic: () => timers.monotonic(),
    random: () => timers.random(),
    ...options,
    idlePollMs,
    streams,
    ...handlingSettings({ ...options, stream }),
  };
}
