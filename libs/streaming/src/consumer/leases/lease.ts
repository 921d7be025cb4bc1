/** Who reads a shard, and how far they are: a row of the lease table, one per shard and application. */
export interface Lease {
  readonly shardId: string;
  /** The worker that reads the shard; none where it is free. */
  readonly owner: string | undefined;
  /** Rises with every write of the owner: a lease whose counter stands still for the lease's duration has expired. */
  readonly counter: number;
  readonly checkpoint: string;
  /** Times that the lease changed hands since its checkpoint last moved. */
  readonly ownerSwitches: number;
  /** A worker that has too little to do: it asks the owner to let go, and a free lease is kept for it for a moment. */
  readonly handoffTo: string | undefined;
}

/** A shard of the stream and the shards it came from: one after a split, two after a merge. */
export interface Shard {
  readonly shardId: string;
  readonly parents: readonly string[];
}
