import { z } from 'zod';

/** The event with which Lambda hands over records of one shard ("Using Lambda with Kinesis"). */
export const streamEventSchema = z.looseObject({
  Records: z.array(
    z.looseObject({
      kinesis: z.looseObject({
        sequenceNumber: z.string().min(1),
        partitionKey: z.string(),
        data: z.base64(),
      }),
    }),
  ),
});

/** A record of a shard. */
export interface ShardRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly bytes: Uint8Array;
}

/** The records of the event in the order of their shard. Throws a ZodError for another event. */
export function shardRecordsOf(event: unknown): ShardRecord[] {
  return streamEventSchema.parse(event).Records.map(({ kinesis: { sequenceNumber, partitionKey, data } }) => ({
    sequenceNumber,
    partitionKey,
    bytes: Buffer.from(data, 'base64'),
  }));
}
