/** What a shard's owner measured, as a mean over the last seconds: what balancing goes by. */
export interface ShardLoad {
  readonly bytesPerSecond: number;
  readonly recordsPerSecond: number;
}

/** Who reads a shard, and how far they are: a row of the lease table, one per shard and application. */
export interface Lease {
  /** Key of the row: tells shards of several streams apart. */
  readonly key: string;
  readonly stream: string;
  readonly shardId: string;
  /** The worker that reads the shard; none where it is free. */
  readonly owner: string | undefined;
  /** Rises with every write of the owner: a lease whose counter stands still for the lease's duration has expired. */
  readonly counter: number;
  /** As `parseCheckpoint` reads it. */
  readonly checkpoint: string;
  /** Times that the lease changed hands since its checkpoint last moved. */
  readonly ownerSwitches: number;
  /** A worker that has too little to do: it asks the owner to let go, and a free lease is kept for it for a moment. */
  readonly handoffTo: string | undefined;
  /** The owner is about to stop: it reads on until another worker has asked for the lease, and then lets go. */
  readonly offered: boolean;
  /** As its owner, or the last one, measured it. */
  readonly load: ShardLoad | undefined;
  /** Unix milliseconds from which someone asks the shard to be read again; whoever takes the lease next obeys. */
  readonly replayFrom: number | undefined;
  /** The counter with which the last replay began: tells apart two that begin at the same time. */
  readonly replayedAt: number | undefined;
  /** Where checkpoints are that lie beside the effects; none where the lease's own is what counts. */
  readonly checkpointsIn: string | undefined;
  readonly parents: readonly string[];
  /** Shards that a reshard made of this one, as far as somebody has written them down. */
  readonly children: readonly string[];
}

/** Hash keys that a shard takes, both ends included, as decimals. */
export interface HashKeyRange {
  readonly starting: string;
  readonly ending: string;
}

/** A shard of the stream and the shards it came from: one after a split, two after a merge. */
export interface Shard {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly hashKeys?: HashKeyRange;
}
