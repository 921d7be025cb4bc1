import { type GetRecordsOutput, KinesisClient, type _Record } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '@lethe/kernel/virtual-time';
import { polling } from '@lethe/streaming';
import { type UserRecord, hashKeyOf, inRange, userRecords } from '@lethe/streaming/codec';
import { StandInApi, type StandInInput } from './stand-in-api.js';

const SHARDS = 4;
const [PLAIN, PACKED] = [2_500, 30_000];
const MAX_ANSWER_BYTES = 10 * 1024 ** 2;

interface ListedShard {
  readonly ShardId: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
}

describe('the stand-in for Kinesis', () => {
  const api = new StandInApi(() => undefined);
  const totals = {
    plain: api.fill('plain', { kind: 'plain', shards: SHARDS, userRecords: PLAIN }),
    packed: api.fill('packed', { kind: 'packed', shards: SHARDS, userRecords: PACKED }),
  };
  const ask = <Answer>(name: string, input: StandInInput): Answer =>
    JSON.parse(Buffer.concat(api.answer(name, input)).toString()) as Answer;
  const shards = (StreamName: string): readonly ListedShard[] =>
    ask<{ Shards: readonly ListedShard[] }>('ListShards', { StreamName }).Shards;
  /** Their data as the SDK gives it. */
  const page = (ShardIterator: string, Limit?: number): GetRecordsOutput => {
    const answer = ask<{ Records: (_Record & { Data: unknown })[] }>('GetRecords', {
      ShardIterator,
      ...(Limit !== undefined && { Limit }),
    });
    const Records = answer.Records.map((record) => ({ ...record, Data: Buffer.from(String(record.Data), 'base64') }));
    return { ...answer, Records };
  };
  const begin = (StreamName: string, ShardId: string, after?: string): string =>
    ask<{ ShardIterator: string }>('GetShardIterator', {
      StreamName,
      ShardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }),
    }).ShardIterator;
  const FIRST = 'shardId-000000000000';

  it.each([1, 7, 999, 10_000])(
    'gives a shard page by page, no record twice or left out, at most %i at a time',
    (limit) => {
      const extent = limit === 1 ? 30 : PLAIN;
      const numbers: string[] = [];
      for (let at = begin('plain', FIRST); numbers.length < extent;) {
        const { Records = [], NextShardIterator = '' } = page(at, limit);
        expect(Records.length).toBe(Math.min(limit, PLAIN - numbers.length));
        numbers.push(...Records.map(({ SequenceNumber = '' }) => SequenceNumber));
        at = NextShardIterator;
      }

      expect(numbers).toEqual([...new Set(numbers)].toSorted());
      expect(numbers.every((number) => /^\d{56}$/.test(number))).toBe(true);
    },
  );

  it('goes on after a sequence number with the record behind it', () => {
    const { Records = [] } = page(begin('plain', FIRST), 10);
    for (const [at, { SequenceNumber = '' }] of Records.slice(0, -1).entries()) {
      expect(page(begin('plain', FIRST, SequenceNumber), 1).Records).toEqual([Records[at + 1]]);
    }
  });

  it('is behind until the last record is given, then not; the end has an iterator and no records', () => {
    const more = page(begin('plain', FIRST), PLAIN - 1);
    const last = page(more.NextShardIterator ?? '', 1);
    const end = page(last.NextShardIterator ?? '');

    expect(more.MillisBehindLatest).toBeGreaterThan(0);
    expect([last.Records?.length, last.MillisBehindLatest]).toEqual([1, 0]);
    expect(end).toEqual({ Records: [], MillisBehindLatest: 0, NextShardIterator: last.NextShardIterator });
  });

  it('gives at most 10,000 records and 10 MiB in one answer, and refuses to be asked for more', () => {
    api.fill('large', { kind: 'packed', shards: 1, userRecords: 120_000 });
    const first = page(begin('large', FIRST), 10_000);
    const rest = page(first.NextShardIterator ?? '', 10_000);
    const bytesOf = ({ Records = [] }: GetRecordsOutput) =>
      Records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0);

    expect(bytesOf(first)).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    expect(bytesOf(first) + bytesOf(rest)).toBeGreaterThan(MAX_ANSWER_BYTES);
    expect([(first.MillisBehindLatest ?? 0) > 0, rest.MillisBehindLatest]).toEqual([true, 0]);
    expect(page(begin('plain', FIRST)).Records).toHaveLength(PLAIN);
    expect(() => page(begin('plain', FIRST), 10_001)).toThrow('a limit of 10001');
  });

  it('has shards that divide all hash keys, and packs only what belongs to them', () => {
    const listed = shards('packed');
    const ranges = listed.map(({ HashKeyRange: { StartingHashKey, EndingHashKey } }) => ({
      first: hashKeyOf('', StartingHashKey),
      last: hashKeyOf('', EndingHashKey),
    }));
    let found = 0;
    for (const [at, { ShardId }] of listed.entries()) {
      const range = ranges[at];
      const { Records = [] } = page(begin('packed', ShardId));
      const packed = Records.flatMap(userRecords);
      found += packed.length;
      expect(range && packed.every(({ partitionKey }) => inRange(range, hashKeyOf(partitionKey)))).toBe(true);
      expect(ranges[at + 1]?.first ?? `1${'0'.repeat(32)}`).toBe(
        (BigInt(`0x${range?.last}`) + 1n).toString(16).padStart(32, '0'),
      );
    }
    expect([listed.length, ranges[0]?.first, found]).toEqual([SHARDS, '0'.repeat(32), totals.packed]);
    expect(totals.plain).toBe(SHARDS * PLAIN);
  });

  it('is read by this library as Kinesis is: every record once, in order, at its pace', async () => {
    const time = new VirtualTime();
    const kinesis = new KinesisClient({ region: 'us-east-1' });
    let reads: number[] = [];
    const send = async ({ constructor: { name }, input }: { readonly input: StandInInput }): Promise<object> => {
      if (name === 'GetRecordsCommand') {
        reads.push(time.monotonic());
        return page(input.ShardIterator ?? '', input.Limit);
      }
      return ask(name.replace('Command', ''), input);
    };
    Object.defineProperty(kinesis, 'send', { value: send });
    for (const stream of ['plain', 'packed'] as const) {
      const open = polling({ timers: time });
      let count = 0;
      for (const { ShardId: shardId } of shards(stream)) {
        const from = { kind: 'trim-horizon' } as const;
        const source = open({ kinesis, stream, shardId, from, onEvent: () => undefined });
        const seen: UserRecord[] = [];
        for (let behind = 1; behind > 0;) {
          const read = await time.run(source.next(new AbortController().signal));
          seen.push(...(read?.records ?? []));
          behind = read?.millisBehindLatest ?? 0;
        }
        source.close();
        // Five reads a second and shard.
        expect(reads.length).toBeGreaterThan(1);
        expect(reads.every((at, n) => n === 0 || at - (reads[n - 1] ?? 0) >= 200)).toBe(true);
        reads = [];
        count += seen.length;
        const places = seen.map(({ sequenceNumber, subSequenceNumber = 0 }) => [sequenceNumber, subSequenceNumber]);
        expect(places).toEqual(
          places.toSorted(([a = '', m], [b = '', n]) => (a === b ? Number(m) - Number(n) : a < b ? -1 : 1)),
        );
      }
      expect(count).toBe(totals[stream]);
    }
  });

  it('has no streams once it is closed, until somebody watches for the next read, which is told of once', () => {
    let told = 0;
    const watched = new StandInApi(() => {
      told += 1;
    });
    watched.fill('plain', { kind: 'plain', shards: 1, userRecords: 3 });
    const read = () => watched.answer('GetRecords', { ShardIterator: `plain/${FIRST}/0` });

    watched.close();
    expect(read).toThrow('the stream is gone');
    watched.watch();
    read();
    read();
    expect(told).toBe(1);
    expect(() => watched.answer('SplitShard', {})).toThrow('SplitShard is not stood in for');
    expect(() => watched.answer('GetRecords', { ShardIterator: 'nowhere/0/0' })).toThrow('there is no nowhere/0');
  });
});
