import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { type EnrichedClick, EnrichedClicks } from '@lethe/contracts';
import { encodeRecord } from '@lethe/streaming/codec';

/** Records of one call of PutRecords. */
const MAX_RECORDS = 500;

/** Writes clicks to a stream; answers, for each, whether Kinesis took it. Rejects with an error of the SDK. */
export function enrichedClicksWriter(kinesis: KinesisClient, stream: string) {
  return async (clicks: readonly EnrichedClick[]): Promise<readonly boolean[]> => {
    const taken: boolean[] = [];
    for (let from = 0; from < clicks.length; from += MAX_RECORDS) {
      const Records = clicks.slice(from, from + MAX_RECORDS).map((click) => {
        const { partitionKey, bytes } = encodeRecord(EnrichedClicks, click);
        return { PartitionKey: partitionKey, Data: bytes };
      });
      const { Records: results = [] } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records }));
      taken.push(...Records.map((_, index) => results[index]?.SequenceNumber !== undefined));
    }
    return taken;
  };
}
