import { setTimeout as pause } from 'node:timers/promises';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { RecordProducer } from '@lethe/streaming';
import { SideBySide } from '../measure/side-by-side.js';
import type { MeasuredBound, PartRow, SuitePart } from '../report/part-report.js';
import { type BenchCloud, records, withBenchCloud } from './bench-stream.js';
import { type Consume, lethe, lifionAtDefaults, lifionTuned, rawLoop } from './consumers.js';

const [RAW, LETHE] = ['GetRecords of the SDK', '@lethe/streaming'];
const [LIFION, LIFION_TUNED] = ['lifion-kinesis at its defaults', 'lifion-kinesis tuned'];
const CONSUMERS: Readonly<Record<string, Consume>> = {
  [RAW]: rawLoop,
  [LETHE]: lethe,
  [LIFION]: lifionAtDefaults,
  [LIFION_TUNED]: lifionTuned,
};

/** As many as the pace of 2 MB a second and shard leaves to whoever keeps it. */
const SHARDS = 8;
const REQUEST = 500;
/** Milliseconds after which a consumer is measured by what it has got so far. */
const CAP_MS = 20_000;

const how = `Streams of ${SHARDS} shards in the embedded Kinesis with records of 100 bytes, as they are and packed by \`@lethe/streaming\`, read from the
beginning; measured from the first records on. By hand: a loop for each shard without pace, leases or checkpoints. \`lifion-kinesis\`
at its defaults, and tuned without pauses between polls. \`@lethe/streaming\` at its defaults, which keep to five reads and 2 MB a
second and shard, with every record checked against its schema. In turn, round by round; a bound compares within the rounds.`;

interface Slice {
  readonly operationsPerSecond: number;
  readonly cpuMicros: number;
}

let runs = 0;

/** One contender, on a stream of so many records. */
async function measure(cloud: BenchCloud, stream: string, total: number, consume: Consume): Promise<Slice> {
  let first: { readonly at: number; readonly cpu: NodeJS.CpuUsage; readonly records: number } | undefined;
  let seen = 0;
  const done = Promise.withResolvers<Slice>();
  const slice = (): Slice => {
    const count = seen - (first?.records ?? 0);
    const { user, system } = process.cpuUsage(first?.cpu);
    const elapsedMs = performance.now() - (first?.at ?? performance.now());
    return { operationsPerSecond: (count / elapsedMs) * 1_000, cpuMicros: (user + system) / count };
  };
  const capped = new AbortController();
  void pause(CAP_MS, undefined, { signal: capped.signal }).then(
    () => done.resolve(slice()),
    () => undefined,
  );
  runs += 1;
  const stop = await consume(cloud, stream, `run-${runs}`, (count) => {
    seen += count;
    if (count > 0) first ??= { at: performance.now(), cpu: process.cpuUsage(), records: seen };
    if (seen >= total) done.resolve(slice());
  });
  const found = await done.promise;
  capped.abort();
  await stop();
  return found;
}

async function compare(cloud: BenchCloud, stream: string, total: number, rounds: number): Promise<SideBySide> {
  const slices = new Map<string, Slice[]>(Object.keys(CONSUMERS).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(CONSUMERS);
    for (const [name, consume] of round % 2 === 0 ? order : order.toReversed())
      slices.get(name)?.push(await measure(cloud, stream, total, consume));
  }
  return new SideBySide(slices);
}

async function fillPlain({ sdk }: BenchCloud, StreamName: string, total: number): Promise<void> {
  for (let at = 0; at < total; at += REQUEST) {
    const Records = Array.from({ length: REQUEST }, (_, n) => {
      const { partitionKey = '', data } = records[(at + n) % records.length] ?? {};
      return { PartitionKey: partitionKey, Data: data };
    });
    await sdk.send(new PutRecordsCommand({ StreamName, Records }));
  }
}

async function fillPacked({ clients }: BenchCloud, stream: string, total: number): Promise<void> {
  const producer = new RecordProducer({ stream, clients, lingerMs: 100 });
  for (let at = 0; at < total; at += records.length) await producer.putAll(records);
  await producer.close();
}

const named = (rows: readonly PartRow[], what: string): PartRow[] =>
  rows.map((row) => ({ ...row, contender: `${row.contender}, ${what}` }));

/** Plain records and packed ones, out of streams that are full. */
export const consumingPart: SuitePart = {
  name: 'consuming',
  run: ({ rounds, quick }) =>
    withBenchCloud(async (cloud) => {
      const sizes = quick
        ? { plain: 200_000, packed: 800_000, rounds: 2 }
        : { plain: 400_000, packed: 2_000_000, rounds };
      for (const stream of ['plain', 'packed']) await cloud.create(stream, SHARDS);
      await fillPlain(cloud, 'plain', sizes.plain);
      await fillPacked(cloud, 'packed', sizes.packed);
      const plain = await compare(cloud, 'plain', sizes.plain, Math.min(sizes.rounds, 5));
      const packed = await compare(cloud, 'packed', sizes.packed, Math.min(sizes.rounds, 5));
      const bounds: MeasuredBound[] = [
        {
          claim: 'Plain records per second, to GetRecords of the SDK',
          unit: '×',
          atLeast: 0.95,
          measured: plain.speedOf(LETHE, RAW),
        },
        {
          claim: 'CPU per plain record, to `lifion-kinesis` tuned',
          unit: '×',
          atMost: 0.6,
          measured: plain.costOf(LETHE, LIFION_TUNED),
        },
        {
          claim: 'CPU per plain record, to `lifion-kinesis` at its defaults',
          unit: '×',
          atMost: 0.6,
          measured: plain.costOf(LETHE, LIFION),
        },
        {
          claim: 'Packed records per second, to `lifion-kinesis` tuned',
          unit: '×',
          atLeast: 1.8,
          measured: packed.speedOf(LETHE, LIFION_TUNED),
        },
        {
          claim: 'Packed records per second, to `lifion-kinesis` at its defaults',
          unit: '×',
          atLeast: 1.8,
          measured: packed.speedOf(LETHE, LIFION),
        },
      ];
      return {
        title: 'Consuming',
        how,
        rows: [...named(plain.rows, 'plain'), ...named(packed.rows, 'packed')],
        bounds,
      };
    }),
};
