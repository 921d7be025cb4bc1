/** A record that could not be handled, and all that is needed to find it again in its stream. */
export interface DeadLetter {
  readonly stream: string;
  /** The group that could not handle it. */
  readonly application: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly subSequenceNumber?: number;
  readonly partitionKey: string;
  /** Decimal, where the record tells it: only packed ones do. */
  readonly explicitHashKey?: string;
  /** When Kinesis took the record. */
  readonly arrivedAt: Date | undefined;
  /** As its producer wrote it. */
  readonly bytes: Uint8Array;
  /** Why: the last failure. */
  readonly error: unknown;
}

/** Where records go that no retry helps, so that they neither stop their shard nor get lost. */
export interface DeadLetters {
  /**
   * Keeps them all: only then does the checkpoint pass them. A rejection is tried again while the shard waits; thus a
   * letter can arrive more than once, which its shard and sequence numbers tell.
   */
  park(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
}
