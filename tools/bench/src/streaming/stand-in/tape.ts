import { Aggregate, hashKeyOf, inRange } from '@lethe/streaming/codec';
import { records } from '../bench-records.js';
import type { StandInExtent } from './protocol.js';
import { type StandInShard, evenShards, sequenceNumber } from './shards.js';

/** Kinesis gives no more in one answer, whatever is asked for. */
const MAX_ANSWER_BYTES = 10 * 1024 ** 2;
/** What the KPL packs into one record at most. */
const PACKED_BYTES = 51_200;
/** The partition key of packed records, as the KPL has it. */
const PACKED_KEY = 'a';

/** Some records of a shard in the JSON of an answer, commas between them, and the place behind the last of them. */
export interface Page {
  readonly pieces: readonly Buffer[];
  readonly next: number;
}

/** All records of one shard. */
export interface Tape {
  /** Records of Kinesis. */
  readonly length: number;
  readonly userRecords: number;
  page(from: number, limit: number): Page;
}

/** What one stream of the stand-in holds. */
export interface StandInStream {
  readonly shards: readonly StandInShard[];
  readonly tapes: ReadonlyMap<string, Tape>;
}

const head = (n: number, partitionKey: string): string =>
  `{"ApproximateArrivalTimestamp":1.7000000001239E9,"PartitionKey":"${partitionKey}","SequenceNumber":"${sequenceNumber(n)}","Data":"`;
const [TAIL, COMMA] = ['"}', Buffer.from(',')];

/** Records as they are. */
function plainTape(length: number): Tape {
  const starts = [0];
  let at = 0;
  const texts = Array.from({ length }, (_, n) => {
    const { partitionKey = '', data = Buffer.alloc(0) } = records[n % records.length] ?? {};
    const text = `${head(n, partitionKey)}${data.toString('base64')}${TAIL}`;
    starts.push((at += text.length + COMMA.length));
    return text;
  });
  const bytes = Buffer.from(texts.join(','));
  return {
    length,
    userRecords: length,
    page(from, limit) {
      const next = Math.min(from + limit, length);
      const end = (starts[next] ?? 0) - COMMA.length;
      return { pieces: next > from ? [bytes.subarray(starts[from], end)] : [], next };
    },
  };
}

/** The data of a record of Kinesis that has as many packed as the KPL would put there, all of them the shard's own. */
function packedData({ startingHashKey, endingHashKey }: StandInShard): {
  readonly data: Buffer;
  readonly count: number;
} {
  const range = { first: hashKeyOf('', startingHashKey), last: hashKeyOf('', endingHashKey) };
  const own = records.filter(({ partitionKey }) => inRange(range, hashKeyOf(partitionKey)));
  const aggregate = new Aggregate();
  for (let n = 0; ; n += 1) {
    const record = own[n % own.length];
    if (!record || !aggregate.tryAdd(record, PACKED_BYTES)) return { data: aggregate.pack(), count: aggregate.count };
  }
}

/** The same packed record again and again, until there are so many in it. */
function packedTape(shard: StandInShard, userRecords: number): Tape {
  const { data, count } = packedData(shard);
  const body = Buffer.from(`${data.toString('base64')}${TAIL}`);
  const length = Math.ceil(userRecords / count);
  const atOnce = Math.floor(MAX_ANSWER_BYTES / data.length);
  return {
    length,
    userRecords: length * count,
    page(from, limit) {
      const next = Math.min(from + limit, from + atOnce, length);
      const pieces: Buffer[] = [];
      for (let n = from; n < next; n += 1) {
        if (n > from) pieces.push(COMMA);
        pieces.push(Buffer.from(head(n, PACKED_KEY)), body);
      }
      return { pieces, next };
    },
  };
}

/** So many records in each of so many shards: as they are, the same in each, or packed. */
export function standInStream({ kind, shards: shardCount, userRecords }: StandInExtent): StandInStream {
  const shards = evenShards(shardCount);
  const plain = plainTape(kind === 'plain' ? userRecords : 0);
  return {
    shards,
    tapes: new Map(shards.map((shard) => [shard.id, kind === 'plain' ? plain : packedTape(shard, userRecords)])),
  };
}
