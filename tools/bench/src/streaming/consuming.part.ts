import { UnfairRunError } from '../bench.errors.js';
import { SideBySide } from '../measure/side-by-side.js';
import { figure } from '../report/table.js';
import type { MeasuredBound, PartReport, PartRow, SuitePart } from '../report/part-report.js';
import { type BenchCloud, withBenchCloud } from './bench-stream.js';
import { type Consume, lethe, lifionAtDefaults, lifionTuned, rawLoop } from './consumers.js';
import { StandInKinesis } from './stand-in/stand-in-kinesis.js';

const [RAW, LETHE] = ['GetRecords of the SDK', '@lethe/streaming'];
const [LIFION, LIFION_TUNED] = ['lifion-kinesis at its defaults', 'lifion-kinesis tuned'];
const CONSUMERS: Readonly<Record<string, Consume>> = {
  [RAW]: rawLoop,
  [LETHE]: lethe,
  [LIFION]: lifionAtDefaults,
  [LIFION_TUNED]: lifionTuned,
};

/** So many that no contender waits for the 2 MiB a second that a shard gives to those who keep to it. */
const SHARDS = 32;
/** Records that were put, in each shard. */
const EXTENT = { plain: 20_000, packed: 30_000 };
const QUICK = { plain: 10_000, packed: 15_000 };
/** Rounds take a quarter of a minute each. */
const MOST_ROUNDS = 4;
/** Milliseconds after which a run is none. */
const CAP_MS = 120_000;

const how = `Streams of ${SHARDS} shards with ${EXTENT.plain} records of 100 bytes each, as they are, and ${EXTENT.packed} packed as the KPL does, read
from the beginning to the end. The embedded Kinesis would be what is measured: it reads the rest of a shard at every GetRecords. A
server in a process of its own stands in for it, whose answers are prepared; leases and checkpoints are in the embedded DynamoDB.
The clock and the CPU of this process run from a contender's first GetRecords until it has handed over the last record: leases and
checkpoints are in. Pages have up to 10,000 records, at most 10 MiB, for all but \`@lethe/streaming\`, which keeps to its
defaults: five reads and 2 MiB a second and shard; every record is checked against its schema. By hand: a loop for each shard without
pace, leases or checkpoints, that unpacks but does not parse. \`lifion-kinesis\` at its defaults, and tuned without pauses between polls;
it parses. In turn, round by round, after one that does not count; a bound compares within the rounds.`;

interface Slice {
  readonly operationsPerSecond: number;
  readonly cpuMicros: number;
}

/** A stream of the stand-in, and how many records it has. */
interface Full {
  readonly stream: string;
  readonly total: number;
}

let runs = 0;

/** One contender, over the whole stream. Throws an {@link UnfairRunError} where it does not come to the end. */
async function measure(
  cloud: BenchCloud,
  kinesis: StandInKinesis,
  { stream, total }: Full,
  consume: Consume,
): Promise<Slice> {
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const { read } = await kinesis.watch();
  const began = read.then(() => ({ at: performance.now(), cpu: process.cpuUsage() }));
  const cap = setTimeout(() => done.reject(new UnfairRunError(`${seen} of ${total} records came`)), CAP_MS);
  runs += 1;
  const stop = await consume(cloud, stream, `run-${runs}`, (count) => {
    seen += count;
    if (seen >= total) done.resolve();
  });
  await done.promise;
  const endedAt = performance.now();
  const { at, cpu } = await began;
  const { user, system } = process.cpuUsage(cpu);
  clearTimeout(cap);
  const stopped = stop();
  await kinesis.close();
  await stopped;
  return { operationsPerSecond: (total / (endedAt - at)) * 1_000, cpuMicros: (user + system) / total };
}

interface Comparison {
  readonly cloud: BenchCloud;
  readonly kinesis: StandInKinesis;
  readonly rounds: number;
  readonly progress: (line: string) => void;
}

async function compare({ cloud, kinesis, rounds, progress }: Comparison, full: Full): Promise<SideBySide> {
  const slices = new Map<string, Slice[]>(Object.keys(CONSUMERS).map((name) => [name, []]));
  // The first round warms up: it loads and compiles.
  for (let round = -1; round < rounds; round += 1) {
    const order = Object.entries(CONSUMERS);
    for (const [name, consume] of round % 2 === 0 ? order : order.toReversed()) {
      const slice = await measure(cloud, kinesis, full, consume);
      progress(`${full.stream}, round ${round + 1} of ${rounds}: ${name} ${figure(slice.operationsPerSecond)}/s`);
      if (round >= 0) slices.get(name)?.push(slice);
    }
  }
  return new SideBySide(slices);
}

const named = (rows: readonly PartRow[], what: string): PartRow[] =>
  rows.map((row) => ({ ...row, contender: `${row.contender}, ${what}` }));

/** Plain records and packed ones, out of streams that are full. */
export const consumingPart: SuitePart = {
  name: 'consuming',
  async run({ rounds, quick }, progress) {
    const kinesis = await StandInKinesis.start();
    try {
      const instead = { AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint };
      const about = { kinesis, rounds: Math.min(rounds, MOST_ROUNDS), progress };
      return await withBenchCloud((cloud) => measureAll({ ...about, cloud }, quick ? QUICK : EXTENT), instead);
    } finally {
      await kinesis.stop();
    }
  },
};

async function measureAll(comparison: Comparison, extent: typeof EXTENT): Promise<PartReport> {
  const filled = async (kind: 'plain' | 'packed'): Promise<Full> => ({
    stream: kind,
    total: await comparison.kinesis.fill(kind, { kind, shards: SHARDS, userRecords: extent[kind] }),
  });
  const plain = await compare(comparison, await filled('plain'));
  const packed = await compare(comparison, await filled('packed'));
  return {
    title: 'Consuming',
    how,
    rows: [...named(plain.rows, 'plain'), ...named(packed.rows, 'packed')],
    bounds: boundsOf(plain, packed),
  };
}

const boundsOf = (plain: SideBySide, packed: SideBySide): MeasuredBound[] => [
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
