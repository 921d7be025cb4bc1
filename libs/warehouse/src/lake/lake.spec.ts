import { describe, expect, it } from '@jest/globals';
import { ManifestError } from '../warehouse.errors.js';
import { lakeKey, parseManifest } from './manifest.js';
import { decodeParquet, encodeParquet } from './parquet.js';

const columns = [
  { name: 'id', type: 'text' },
  { name: 'at', type: 'timestamp' },
  { name: 'n', type: 'integer' },
  { name: 'amount', type: 'bigint' },
] as const;
const rows = [
  { id: 'snow 雪', at: '2012-02-29T23:59:59.999Z', n: -1, amount: 9_007_199_254_740_991 },
  { id: '' },
  { id: 'b', n: 0 },
];

describe('files of the lake', () => {
  it('give back what was written, and the same bytes each time', async () => {
    const bytes = encodeParquet(columns, rows);

    expect(await decodeParquet(columns, bytes)).toEqual(rows);
    expect(Buffer.compare(encodeParquet(columns, rows), bytes)).toBe(0);
  });

  it('may lack columns that were added since', async () => {
    const bytes = encodeParquet(columns.slice(0, 1), rows);

    expect(await decodeParquet(columns, bytes)).toEqual(rows.map(({ id }) => ({ id })));
  });

  it('refuse what is no time and no whole number', () => {
    expect(() => encodeParquet(columns, [{ at: 'yesterday' }])).toThrow(RangeError);
    expect(() => encodeParquet(columns, [{ amount: 1.5 }])).toThrow(RangeError);
  });

  it('lie by type and day', () => {
    expect(lakeKey({ type: 'click', day: '2011-01-01', id: 'j' })).toBe('type=click/day=2011-01-01/j.parquet');
  });
});

describe('the manifest', () => {
  it('names files of its own bucket with their length', () => {
    const text = '{"entries":[{"url":"s3://b/k/1","mandatory":true,"meta":{"content_length":7}}]}';

    expect(parseManifest(text, 'b')).toEqual([{ key: 'k/1', bytes: 7 }]);
    expect(() => parseManifest(text, 'other')).toThrow(ManifestError);
  });

  it.each(['', '[]', '{"entries":[{}]}', '{"entries":[{"url":"s3://b/k"}]}'])('refuses %s', (text) => {
    expect(() => parseManifest(text, 'b')).toThrow(ManifestError);
  });
});
