import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Aggregate, type PackableRecord } from './aggregate.js';
import { unpack, userRecords } from './user-record.js';

/** What Amazon's own packs and unpacks: its types do not tell. */
interface Amazon {
  readonly RecordAggregator: new () => {
    addUserRecord(record: { partitionKey: string; explicitHashKey?: string; data: Buffer }): void;
    build(): { readonly data: Buffer };
  };
  deaggregateSync(
    record: { readonly data: string; readonly sequenceNumber: string },
    checksums: boolean,
    done: (error: Error | undefined, records: readonly AmazonRecord[]) => void,
  ): void;
}
interface AmazonRecord {
  readonly partitionKey: string;
  readonly explicitPartitionKey?: string;
  readonly subSequenceNumber: number;
  readonly data: string;
}
const amazon = createRequire(import.meta.url)('aws-kinesis-agg') as Amazon;

const record = (partitionKey: string, data: string | Buffer, explicitHashKey?: string) => ({
  partitionKey,
  data: Buffer.from(data),
  ...(explicitHashKey !== undefined && { explicitHashKey }),
});
const [LOW, HIGH] = ['4294967296', '340282366920938463463374607431768211455'];

const cases: [string, ReturnType<typeof record>[]][] = [
  ['one record', [record('a', 'one')]],
  ['keys that come again', [record('a', 'one'), record('b', 'two'), record('a', 'three')]],
  [
    'explicit hash keys',
    [record('a', '1', HIGH), record('b', '2', LOW), record('a', '3', LOW), record('c', '4', HIGH)],
  ],
  [
    'more keys than a varint of one byte counts',
    Array.from({ length: 300 }, (_, n) => record(`k${n}`, `${n}`, `1${n}`)),
  ],
  ['records larger than a varint of two bytes counts', [record('a', Buffer.alloc(20_000, 7)), record('b', 'x')]],
  ['keys that are not ASCII', [record('Zoë', 'ü'), record('ключ', '1'), record('🛒', '2')]],
];

const pack = (records: readonly PackableRecord[]): Buffer => {
  const aggregate = new Aggregate();
  for (const one of records) aggregate.tryAdd(one, Number.POSITIVE_INFINITY);
  return aggregate.pack();
};
const amazonPack = (records: readonly ReturnType<typeof record>[]): Buffer => {
  const aggregator = new amazon.RecordAggregator();
  for (const one of records) aggregator.addUserRecord({ ...one });
  return aggregator.build().data;
};

describe('Aggregate', () => {
  it.each(cases)('KIN-6: packs %s into the very bytes of aws-kinesis-agg', (_, records) => {
    expect(pack(records).toString('hex')).toBe(amazonPack(records).toString('hex'));
  });

  it.each(cases)('KIN-6: aws-kinesis-agg reads %s out of what this packs, the MD5 checked', (_, records) => {
    let read: readonly AmazonRecord[] = [];
    const packed = { data: pack(records).toString('base64'), sequenceNumber: '49' };
    amazon.deaggregateSync(packed, true, (error, found) => {
      if (error) throw error;
      read = found;
    });

    expect(
      read.map((one) => record(one.partitionKey, Buffer.from(one.data, 'base64'), one.explicitPartitionKey)),
    ).toEqual(records);
  });

  it.each(cases)('KIN-6: reads %s out of what aws-kinesis-agg packs', (_, records) => {
    const read = userRecords({ SequenceNumber: '49', PartitionKey: 'outer', Data: amazonPack(records) });

    expect(
      read.map(({ partitionKey, bytes, explicitHashKey }) => record(partitionKey, Buffer.from(bytes), explicitHashKey)),
    ).toEqual(records);
    expect(read.map(({ subSequenceNumber }) => subSequenceNumber)).toEqual(records.map((__, at) => at));
  });

  // Amazon's for Node cannot read what it so packs: it takes a missing index of a hash key for the first of the table.
  it('KIN-6: packs records with and without an explicit hash key into the very bytes of aws-kinesis-agg', () => {
    const records = [record('a', '1'), record('b', '2', HIGH), record('a', '3')];

    expect(pack(records).toString('hex')).toBe(amazonPack(records).toString('hex'));
    expect(unpack(pack(records))?.map(({ explicitHashKey }) => explicitHashKey)).toEqual([undefined, HIGH, undefined]);
  });

  // Amazon's for Node keeps its tables in objects, which put such keys before all others, and so swaps them.
  it('keeps partition keys that look like array indexes apart', () => {
    const records = [record('b', '1'), record('10', '2'), record('2', '3')];

    expect(unpack(pack(records))?.map(({ partitionKey }) => partitionKey)).toEqual(['b', '10', '2']);
  });

  it('knows its size before it packs, and takes no record beyond it', () => {
    for (const [, records] of cases) {
      const aggregate = new Aggregate();
      for (const one of records) expect(aggregate.tryAdd(one, Number.POSITIVE_INFINITY)).toBe(true);
      expect(aggregate.pack()).toHaveLength(aggregate.size);

      const before = aggregate.size;
      expect(aggregate.tryAdd(record('a', 'more'), before)).toBe(false);
      expect([aggregate.size, aggregate.count]).toEqual([before, records.length]);
    }
  });

  it('takes a first record whatever its size', () => {
    expect(new Aggregate().tryAdd(record('a', 'long'), 1)).toBe(true);
  });
});
