/** What a producer tells of while it works. */
export type ProducerEvent =
  | {
      /** A PutRecords call was answered. */
      readonly type: 'sent';
      /** Records of Kinesis in it; what was put may be many more. */
      readonly kinesisRecords: number;
      readonly records: number;
      readonly bytes: number;
      /** Records of Kinesis that were refused and go again, or are given up. */
      readonly refused: number;
    }
  /** Records came to lie in a shard other than was expected: the stream was resharded, and its shards are asked for. */
  | { readonly type: 'resharded'; readonly records: number };

/** Must not throw. */
export type ProducerListener = (event: ProducerEvent) => void;
