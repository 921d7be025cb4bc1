/** A shard of the stand-in: its place among all of them, and what it takes. */
export interface StandInShard {
  readonly id: string;
  /** Decimal, both ends included. */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** Shards that divide all hash keys among them. */
export function evenShards(count: number): StandInShard[] {
  const width = 2n ** 128n / BigInt(count);
  return Array.from({ length: count }, (_, n) => {
    const first = width * BigInt(n);
    const last = n === count - 1 ? 2n ** 128n - 1n : first + width - 1n;
    return { id: `shardId-${String(n).padStart(12, '0')}`, startingHashKey: `${first}`, endingHashKey: `${last}` };
  });
}

/** The sequence number of the n-th record of a shard: 56 digits, as Kinesis has them. */
export const sequenceNumber = (n: number): string => `4959${String(n + 1).padStart(52, '0')}`;

/** The place of the record with the sequence number. */
export const placeOf = (sequence: string): number => Number(sequence.slice(4)) - 1;
