/** A record of a shard as it was read. */
export interface ShardRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** When Kinesis took it, in ms. */
  readonly arrivedAt: number;
}

/** Whence records come. */
export interface ShardAddress {
  readonly streamArn: string;
  readonly shardId: string;
  readonly region: string;
}

/** The event with which Lambda hands records over ("Using Lambda with Kinesis"). */
export function streamEvent(records: readonly ShardRecord[], { streamArn, shardId, region }: ShardAddress) {
  return {
    Records: records.map(({ sequenceNumber, partitionKey, data, arrivedAt }) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: arrivedAt / 1_000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/lambda',
      awsRegion: region,
      eventSourceARN: streamArn,
    })),
  };
}
