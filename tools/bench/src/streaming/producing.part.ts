import { type KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { RecordProducer } from '@lethe/streaming';
import { type SideBySide, type SideContender, sideBySide } from '../measure/side-by-side.js';
import type { Extent, MeasuredBound, PartReport, SuitePart } from '../report/part-report.js';
import { records } from './bench-records.js';
import { type BenchCloud, withBenchCloud } from './bench-stream.js';
import { RecordAggregator } from './peers.js';
import { StandInKinesis } from './stand-in/stand-in-kinesis.js';

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
100 ms of waiting for company. CPU is compared where a server
of a process of its own forgets at once what is put: the embedded Kinesis leaves a client so little to do that timers and the
collector count for more than records. In turn, slice by slice; a bound compares within the rounds.`;

/** Where that is. */
const FORGOTTEN = 'to a server that forgets';

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

const boundsOf = (found: SideBySide, cost: SideBySide, kinesisRecords: number): MeasuredBound[] => [
  { claim: 'User records per second, to `aws-kinesis-agg`', unit: '×', atLeast: 1, measured: found.speedOf(MANY, AGG) },
  { claim: 'CPU per record produced, to `aws-kinesis-agg`', unit: '×', atMost: 0.5, measured: cost.costOf(MANY, AGG) },
  {
    claim: 'User records per second, to PutRecords of the SDK',
    unit: '×',
    atLeast: 8,
    measured: found.speedOf(MANY, PLAIN),
  },
  { claim: 'Records of Kinesis per record put', unit: '', atMost: 0.01, measured: kinesisRecords },
];

/** What the producer put into Kinesis. */
interface Sent {
  records: number;
  kinesisRecords: number;
}

interface Contenders {
  readonly many: SideContender;
  readonly one: SideContender;
  readonly agg: SideContender;
  readonly plain: SideContender;
  readonly sent: Sent;
  readonly close: () => Promise<void>;
}

function contendersOf({ clients, sdk }: BenchCloud): Contenders {
  const sent: Sent = { records: 0, kinesisRecords: 0 };
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
  return {
    many: { name: MANY, operation: () => producer.putAll(batch) },
    one: { name: ONE, operation: () => Promise.all(batch.map((record) => producer.put(record))) },
    agg: { name: AGG, operation: packedByAmazon(sdk) },
    plain: { name: PLAIN, operation: plain(sdk) },
    sent,
    close: () => producer.close(),
  };
}

/** How fast records come into the embedded Kinesis. */
async function speeds(cloud: BenchCloud, extent: Extent): Promise<{ readonly found: SideBySide; readonly sent: Sent }> {
  for (const stream of ['plain', 'agg', 'lethe']) await cloud.create(stream, SHARDS);
  const { many, one, agg, plain: alone, sent, close } = contendersOf(cloud);
  // Those that a bound compares are neighbours.
  const found = await sideBySide([many, agg, alone, one], extent, WORKERS);
  await close();
  return { found, sent };
}

/** What a record costs where nobody waits for Kinesis: what goes on besides would count for more than the work. */
async function costs(kinesis: StandInKinesis, extent: Extent): Promise<SideBySide> {
  for (const stream of ['agg', 'lethe']) await kinesis.fill(stream, { kind: 'plain', shards: SHARDS, userRecords: 0 });
  return withBenchCloud(
    async (cloud) => {
      const { many, agg, close } = contendersOf(cloud);
      const found = await sideBySide([many, agg], extent, WORKERS);
      await close();
      return found;
    },
    { AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint },
  );
}

/** Bytes into a stream, packed and not. */
export const producingPart: SuitePart = {
  name: 'producing',
  async run(extent) {
    const { found, sent } = await withBenchCloud((cloud) => speeds(cloud, extent));
    const kinesis = await StandInKinesis.start();
    try {
      const cost = await costs(kinesis, extent);
      return {
        title: 'Producing',
        how,
        rows: perRecord([
          ...found.rows,
          ...cost.rows.map((row) => ({ ...row, contender: `${row.contender}, ${FORGOTTEN}` })),
        ]),
        bounds: boundsOf(found, cost, sent.kinesisRecords / sent.records),
      };
    } finally {
      await kinesis.stop();
    }
  },
};
