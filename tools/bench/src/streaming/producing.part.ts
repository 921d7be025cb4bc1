import { type KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { RecordProducer } from '@lethe/streaming';
import { type SideBySide, type SideContender, sideBySide } from '../measure/side-by-side.js';
import type { MeasuredBound, PartReport, SuitePart } from '../report/part-report.js';
import { records } from './bench-records.js';
import { withBenchCloud } from './bench-stream.js';
import { RecordAggregator } from './peers.js';

const [PLAIN, AGG, MANY, ONE] = [
  'PutRecords of the SDK',
  'aws-kinesis-agg',
  '@lethe/streaming, many at once',
  '@lethe/streaming, one by one',
];

/** As many as 16 MiB a second need. */
const SHARDS = 32;
/** Records of one operation, and operations under way. */
const [BATCH, WORKERS] = [5_000, 8];
/** PutRecords takes no more. */
const REQUEST = 500;

const how = `Records of 100 bytes with ${records.length} keys, into ${SHARDS} shards of the embedded Kinesis, ${BATCH} at a time by ${WORKERS} workers that
wait for their acknowledgement. By hand: PutRecords of ${REQUEST} by the SDK. \`aws-kinesis-agg\` packs up to 1 MiB and puts it by the SDK; it
aims at no shard, so that readers who keep the KCL's rule would drop records. \`@lethe/streaming\` at its defaults but with the KPL's
100 ms of waiting for company. In turn, slice by slice; a bound compares within the rounds.`;

const plain = (sdk: KinesisClient) => async () => {
  for (let at = 0; at < BATCH; at += REQUEST) {
    const Records = records
      .slice(at, at + REQUEST)
      .map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data }));
    await sdk.send(new PutRecordsCommand({ StreamName: 'plain', Records }));
  }
};

const packedByAmazon = (sdk: KinesisClient) => async () => {
  const aggregator = new RecordAggregator();
  const put = () => {
    const { partitionKey, data } = aggregator.build();
    return sdk.send(new PutRecordCommand({ StreamName: 'agg', PartitionKey: partitionKey, Data: data }));
  };
  for (const record of records.slice(0, BATCH)) {
    // It notes down what it was given.
    const own = { ...record };
    if (!aggregator.checkIfUserRecordFits(own)) await put();
    aggregator.addUserRecord(own);
  }
  if (aggregator.length() > 0) await put();
};

/** What a producing contender did, per record instead of per operation. */
const perRecord = (rows: PartReport['rows']): PartReport['rows'] =>
  rows.map((row) => ({
    ...row,
    operationsPerSecond: row.operationsPerSecond * BATCH,
    cpuMicros: row.cpuMicros / BATCH,
  }));

const boundsOf = (found: SideBySide, kinesisRecords: number): MeasuredBound[] => [
  { claim: 'User records per second, to `aws-kinesis-agg`', unit: '×', atLeast: 1, measured: found.speedOf(MANY, AGG) },
  { claim: 'CPU per record produced, to `aws-kinesis-agg`', unit: '×', atMost: 0.5, measured: found.costOf(MANY, AGG) },
  {
    claim: 'User records per second, to PutRecords of the SDK',
    unit: '×',
    atLeast: 8,
    measured: found.speedOf(MANY, PLAIN),
  },
  { claim: 'Records of Kinesis per record put', unit: '', atMost: 0.01, measured: kinesisRecords },
];

/** Bytes into a stream, packed and not. */
export const producingPart: SuitePart = {
  name: 'producing',
  run: (extent) =>
    withBenchCloud(async (cloud) => {
      const { clients, sdk } = cloud;
      for (const stream of ['plain', 'agg', 'lethe']) await cloud.create(stream, SHARDS);
      const sent = { records: 0, kinesisRecords: 0 };
      const producer = new RecordProducer({
        stream: 'lethe',
        clients,
        lingerMs: 100,
        onEvent: (event) => {
          if (event.type !== 'sent') return;
          sent.records += event.records;
          sent.kinesisRecords += event.kinesisRecords;
        },
      });
      const batch = records.slice(0, BATCH);
      const contenders: SideContender[] = [
        { name: PLAIN, operation: plain(sdk) },
        { name: AGG, operation: packedByAmazon(sdk) },
        { name: MANY, operation: () => producer.putAll(batch) },
        { name: ONE, operation: () => Promise.all(batch.map((record) => producer.put(record))) },
      ];
      const found = await sideBySide(contenders, extent, WORKERS);
      await producer.close();
      return {
        title: 'Producing',
        how,
        rows: perRecord(found.rows),
        bounds: boundsOf(found, sent.kinesisRecords / sent.records),
      };
    }),
};
