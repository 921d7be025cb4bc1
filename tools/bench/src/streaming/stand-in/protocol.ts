/** What a stream of the stand-in is to hold. */
export interface StandInExtent {
  readonly kind: 'plain' | 'packed';
  readonly shards: number;
  /** Records that were put, in each shard; of packed ones a few more. */
  readonly userRecords: number;
}

/** What the benchmark asks of the process that stands in for Kinesis. */
export type StandInRequest =
  | ({ readonly type: 'fill'; readonly stream: string } & StandInExtent)
  /** Tell of the next GetRecords. The streams are there again. */
  | { readonly type: 'watch' }
  /** The streams are gone, for whoever reads on. */
  | { readonly type: 'close' };

export type StandInReply =
  | { readonly type: 'ready'; readonly port: number }
  /** `userRecords`: of all shards together. */
  | { readonly type: 'filled'; readonly userRecords: number }
  | { readonly type: 'watching' }
  | { readonly type: 'closed' }
  | { readonly type: 'read' };
