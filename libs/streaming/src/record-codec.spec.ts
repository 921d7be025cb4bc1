import { describe, expect, it } from '@jest/globals';
import { childTrace, formatTraceparent, runInTrace } from '@lethe/kernel';
import { defineStream } from '@lethe/topology';
import { z } from 'zod';
import { decodeRecord, encodeRecord } from './record-codec.js';
import { RecordFormatError } from './streaming.errors.js';

const Visits = defineStream({
  owner: 'shop',
  name: 'visits',
  description: 'Who came.',
  data: z.object({ id: z.string(), visitor: z.string().default('someone') }),
  partitionKey: ({ visitor }) => visitor,
  shards: 1,
});

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('record codec', () => {
  it('reads what it wrote, with defaults filled in and the key taken from them', () => {
    const record = encodeRecord(Visits, { id: 'a' });

    expect(record.partitionKey).toBe('someone');
    expect(decodeRecord(Visits, record.bytes)).toEqual({
      traceparent: undefined,
      data: { id: 'a', visitor: 'someone' },
    });
  });

  it('R35: carries the trace in which it was written', () => {
    const trace = childTrace();
    const record = runInTrace(trace, () => encodeRecord(Visits, { id: 'a' }));

    expect(decodeRecord(Visits, record.bytes).traceparent).toBe(formatTraceparent(trace));
  });

  it('counts bytes of UTF-8 and of the partition key, not characters', () => {
    const record = encodeRecord(Visits, { id: 'a', visitor: 'Zoë' });

    expect(record.size).toBe(record.bytes.length + 4);
    expect(record.bytes.length).toBe(Buffer.byteLength('{"data":{"id":"a","visitor":"Zoë"}}'));
  });

  it('R22: drops members that the schema does not know', () => {
    const bytes = json({ later: true, data: { id: 'a', visitor: 'b', colour: 'red' } });

    expect(decodeRecord(Visits, bytes).data).toEqual({ id: 'a', visitor: 'b' });
  });

  it('refuses to write data that breaks the schema', () => {
    expect(() => encodeRecord(Visits, { id: 7 })).toThrow(RecordFormatError);
  });

  it.each([
    ['undecodable', Buffer.from('not json')],
    ['undecodable', Buffer.from([0xff, 0xfe, 0x00])],
    ['invalid-envelope', json('text')],
    ['invalid-envelope', json(null)],
    ['invalid-envelope', json({ id: 'a' })],
    ['invalid-data', json({ data: { id: 7 } })],
  ])('calls a record it cannot read %s', (reason, bytes) => {
    expect(() => decodeRecord(Visits, bytes)).toThrow(expect.objectContaining({ name: 'RecordFormatError', reason }));
  });
});
