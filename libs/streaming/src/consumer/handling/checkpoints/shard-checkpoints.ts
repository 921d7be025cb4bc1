import type { Handling } from '../batch.js';

/** One owner's tenure of one shard. */
export type ShardTenure = Pick<Handling, 'stream' | 'shardId' | 'fence'>;

/** Checkpoints that are written with the effects, where these are; they, not the lease's, say where a shard goes on. */
export interface ShardCheckpoints {
  /** Where they are, for the operator who asks for a replay; it stands in the rows of the leases. */
  readonly place?: string;
  /**
   * Begins a tenure: from now on no owner of before can advance. Gives where to go on, which is `leaseCheckpoint` where
   * the shard was never begun here, or is to be read again from there. `replay` tells apart two orders to read again from
   * the same place. Throws a StaleBatchError where a later owner has begun.
   */
  open(tenure: ShardTenure, leaseCheckpoint: string, replay?: number): Promise<string>;
  /** Moves on past records that have no effect, because they were parked. Throws a StaleBatchError. */
  pass(batch: ShardTenure & Pick<Handling, 'position'>): Promise<void>;
  /** The lease, which was where somebody told the shard to begin, has moved on: to find it there again is a new order. */
  followed(tenure: ShardTenure): Promise<void>;
  /** The shard was handled to its end, and its lease says so. */
  close(tenure: ShardTenure): Promise<void>;
}
