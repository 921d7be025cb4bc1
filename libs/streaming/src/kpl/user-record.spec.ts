import { describe, expect, it } from '@jest/globals';
import { aggregated } from '../../test/aggregated.js';
import { userRecords } from './user-record.js';

const arrivedAt = new Date(0);
const raw = (Data: Uint8Array) => ({
  SequenceNumber: '49',
  PartitionKey: 'outer',
  Data,
  ApproximateArrivalTimestamp: arrivedAt,
});
const packed = () =>
  aggregated([
    { partitionKey: 'a', data: 'one' },
    { partitionKey: 'b', data: 'two' },
    { partitionKey: 'a', data: 'three' },
  ]);

describe('userRecords', () => {
  it('KIN-6: unpacks what the KPL packed, in order, each with its place for the checkpoint', () => {
    // The helper writes the explicit hash key that the KPL gives to a record without one of its own.
    const about = { sequenceNumber: '49', arrivedAt, explicitHashKey: '340282366920938463463374607431768211455' };
    const found = userRecords(raw(packed())).map((it) => ({ ...it, bytes: Buffer.from(it.bytes).toString() }));

    expect(found).toEqual([
      { ...about, subSequenceNumber: 0, checkpoint: '49:0', partitionKey: 'a', bytes: 'one' },
      { ...about, subSequenceNumber: 1, checkpoint: '49:1', partitionKey: 'b', bytes: 'two' },
      { ...about, subSequenceNumber: 2, checkpoint: '49:2', partitionKey: 'a', bytes: 'three' },
    ]);
  });

  it.each([
    ['a record like any other', Buffer.from('{"data":1}')],
    ['one that merely begins like a packed one', Buffer.from('f3899ac2', 'hex')],
    ['one whose MD5 is another', Buffer.concat([packed().subarray(0, -1), Buffer.from([0])])],
    ['one that packs nothing', aggregated([])],
    ['an empty one', Buffer.alloc(0)],
  ])('leaves %s as it is', (_, data) => {
    expect(userRecords(raw(data))).toEqual([
      { sequenceNumber: '49', checkpoint: '49', partitionKey: 'outer', bytes: data, arrivedAt },
    ]);
  });
});
