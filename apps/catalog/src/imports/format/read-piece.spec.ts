import { setImmediate as breathe } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CatalogFileError } from '../../catalog.errors.js';
import { readPiece } from './read-piece.js';
import { shopify } from './shopify.js';

const HEADER = 'Handle,Title,SKU,Price';
const start = { line: 1, columns: null, carry: null };
const file = (rows: number): Buffer =>
  Buffer.from(`${HEADER}\n${Array.from({ length: rows }, (_, at) => `h,${'T'.repeat(60)},S${at},1.00\n`).join('')}`);

describe('readPiece', () => {
  it('adds up every record of a piece of many slices, and lets other work have its turn in between', async () => {
    const piece = file(20_000);
    const order: string[] = [];
    const other = breathe().then(() => order.push('other'));

    const read = await readPiece(shopify, piece, { ...start, last: true });
    order.push('read');
    await other;

    expect(read).toMatchObject({ bytes: piece.length, nextLine: 20_002, lines: { rows: 20_000 } });
    expect(read?.lines.products.at(-1)).toMatchObject({ sku: 'S19999', line: 20_001 });
    expect(order).toEqual(['other', 'read']);
  });

  it('goes on from where the piece before ended, with its columns and its carry', async () => {
    const piece = file(100);
    const first = await readPiece(shopify, piece.subarray(0, 3_000), { ...start, last: false });
    const {
      bytes,
      nextLine: line,
      columns,
      lines,
    } = first ?? { bytes: 0, nextLine: 0, columns: null, lines: undefined };

    const rest = await readPiece(shopify, piece.subarray(bytes), { line, columns, carry: lines?.carry, last: true });

    const skus = [...(lines?.products ?? []), ...(rest?.lines.products ?? [])].map(({ sku }) => sku);
    expect(skus).toEqual(Array.from({ length: 100 }, (_, at) => `S${at}`));
  });

  it('takes a record longer than a slice', async () => {
    const piece = Buffer.from(`${HEADER}\nh,"${'long\n'.repeat(120_000)}",S1,1.00\nh,,S2,2.00\n`);

    const read = await readPiece(shopify, piece, { ...start, last: true });

    expect(read?.lines.products.map(({ sku, line }) => [sku, line])).toEqual([
      ['S1', 2],
      ['S2', 120_003],
    ]);
  });

  it('gives nothing where not even the header is whole, and fails where the file ends so', async () => {
    expect(await readPiece(shopify, Buffer.from('Handle,Ti'), { ...start, last: false })).toBeUndefined();
    await expect(readPiece(shopify, Buffer.from('\n\n'), { ...start, last: true })).rejects.toThrow(CatalogFileError);
  });
});
