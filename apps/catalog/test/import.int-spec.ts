import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunImport } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { Reject } from '@lethe/messaging';
import fc from 'fast-check';
import { MAX_KEPT_REJECTIONS } from '../src/imports/stage-lines.js';
import { CatalogFixture } from './catalog.fixture.js';
import { ImportFixture, NOTHING, retailFile, retailLine } from './import.fixture.js';

let catalog: CatalogFixture;
let imports: ImportFixture;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  imports = new ImportFixture(catalog);
});
afterAll(() => catalog.close());
beforeEach(() => imports.clear());

const LAMP = [
  'Handle,Title,Body (HTML),Type,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price',
  'lamp,Desk Lamp,<p>Warm</p>,Lamps,Red,L-R,4,19.99',
  'lamp,,,,Blue,L-B,0,21.50',
  '',
].join('\n');

describe('an import', () => {
  it('is asked for in the commit that stores it', async () => {
    const id = await imports.start('online-retail', retailFile());

    expect(await imports.find(id)).toMatchObject({ id, status: 'pending', rows: 0 });
    expect(await catalog.outgoing()).toContainEqual({ type: RunImport.type, key: id, data: { importId: id } });
  });

  it('makes one product of each stock code: most frequent name, median price, sum of what was sold', async () => {
    const result = await imports.import(
      'online-retail',
      retailFile(
        retailLine('22423', 'REGENCY CAKESTAND', 2, '12.75'),
        retailLine('22423', 'REGENCY CAKESTAND', 3, '10.95'),
        retailLine('22423', 'CAKESTAND', -1, '24.96'),
        retailLine('22423', 'damaged', 50, '0'),
        retailLine('85123a', '"HEART, WHITE"', 6, '2.55'),
        retailLine('84077', 'NEVER PRICED', 6, '0.0'),
        retailLine('POST', 'POSTAGE', 1, '18.00'),
      ),
    );

    expect(result).toMatchObject({
      status: 'completed',
      rows: 7,
      imported: 2,
      rejectedCount: 1,
      rejected: [{ line: 8, reason: 'not a stock code' }],
    });
    expect(await imports.products()).toEqual([
      expect.objectContaining({ sku: '22423', name: 'REGENCY CAKESTAND', amount: 1275, available: 5, currency: 'GBP' }),
      expect.objectContaining({ sku: '85123A', name: 'HEART, WHITE', amount: 255, available: 6 }),
    ]);
    expect(await imports.leftovers(result.id)).toEqual(NOTHING);
  });

  it('R26: takes the exact median of any prices, the mean of two middle ones rounded half up', async () => {
    const pence = fc.integer({ min: 1, max: 400 });
    const codes = fc.sample(fc.array(pence, { minLength: 1, maxLength: 9 }), { numRuns: 150, seed: 7 });
    const codeOf = (at: number): string => String(10_000 + at);
    const lines = codes.flatMap((prices, at) =>
      prices.map((price) =>
        retailLine(codeOf(at), 'X', 1, `${Math.floor(price / 100)}.${String(price % 100).padStart(2, '0')}`),
      ),
    );

    await imports.import('online-retail', retailFile(...lines), { settings: { pieceBytes: 4_000, applyBatch: 40 } });

    const expected = codes.map((prices, at) => {
      const sorted = prices.toSorted((a, b) => a - b);
      const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
      const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
      return { sku: codeOf(at), amount: Math.floor((lower + upper + 1) / 2) };
    });
    expect((await imports.products()).map(({ sku, amount }) => ({ sku, amount }))).toEqual(expected);
  });

  it('takes the first name in byte order where several are equally frequent', async () => {
    const names = ['b', 'a', 'B', 'a', 'b'].map((name) => retailLine('22423', name, 1, 1));

    await imports.import('online-retail', retailFile(...names));

    expect(await imports.products()).toEqual([expect.objectContaining({ name: 'a' })]);
  });

  it('reads a Shopify export', async () => {
    const result = await imports.import('shopify', LAMP);

    expect(result).toMatchObject({ status: 'completed', rows: 2, imported: 2, rejectedCount: 0 });
    expect(await imports.products()).toEqual([
      expect.objectContaining({ sku: 'L-B', name: 'Desk Lamp - Blue', amount: 2150, available: 0, category: 'Lamps' }),
      expect.objectContaining({ sku: 'L-R', name: 'Desk Lamp - Red', description: 'Warm', available: 4 }),
    ]);
  });

  it('keeps the first of equal SKUs, within a chunk and from one chunk to the next', async () => {
    const rows = ['A,1', 'A,2', 'B,3', 'C,4', 'A,5', 'B,6'].map((row) => `h,T,${row}`);
    const file = ['Handle,Title,SKU,Price', ...rows, ''].join('\n');

    for (const pieceBytes of [20, 4_096]) {
      await imports.clear();
      const result = await imports.import('shopify', file, { settings: { pieceBytes } });

      expect(result.rejected).toEqual([3, 6, 7].map((line) => ({ line, reason: 'the SKU stands on an earlier line' })));
      expect((await imports.products()).map(({ sku, amount }) => [sku, amount])).toEqual([
        ['A', 100],
        ['B', 300],
        ['C', 400],
      ]);
    }
  });

  it('rejects bad lines one by one, by their physical line, and keeps the good ones', async () => {
    const result = await imports.import(
      'online-retail',
      retailFile(
        retailLine('22423', '"TWO\nLINES"', 1, '1.00'),
        'one,two',
        retailLine('22423', 'X', 'many', '1.00'),
        '',
        retailLine('22423', '"X"Y', 1, '1.00'),
        retailLine('22423', 'GOOD', 1, '1.00'),
      ),
      { settings: { pieceBytes: 120 } },
    );

    expect(result).toMatchObject({ status: 'completed', rows: 5, imported: 1, rejectedCount: 3 });
    expect(result.rejected).toEqual([
      { line: 4, reason: '2 columns instead of 8' },
      { line: 5, reason: 'the quantity is not a whole number' },
      { line: 7, reason: 'text after a closing quote' },
    ]);
    expect(await imports.products()).toEqual([expect.objectContaining({ name: 'GOOD', available: 2 })]);
  });

  it('keeps the first ten thousand rejections and counts the rest', async () => {
    const bad = Array.from({ length: MAX_KEPT_REJECTIONS + 500 }, () => retailLine('POST', 'X', 1, 1));

    const result = await imports.import('online-retail', retailFile(...bad), { settings: { pieceBytes: 300_000 } });

    expect(result.rejectedCount).toBe(MAX_KEPT_REJECTIONS + 500);
    expect(result.rejected).toHaveLength(MAX_KEPT_REJECTIONS);
    expect(result.rejected.at(-1)?.line).toBe(MAX_KEPT_REJECTIONS + 1);
  });

  it.each<[string, string | Buffer, string]>([
    ['is empty', '', 'The file is empty.'],
    ['holds blank lines only', '\n\n\n', 'The file has no header.'],
    [
      'lacks columns',
      'InvoiceNo,StockCode\n1,2\n',
      'The header has no column Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country.',
    ],
    [
      'is not UTF-8',
      Buffer.from(retailFile(retailLine('22423', 'CAFÉ', 1, 1)), 'latin1'),
      'The file is not UTF-8 (somewhere after line 1).',
    ],
    [
      'opens a quote that it never closes',
      `${retailFile()}536365,22423,"CAKE`,
      'A quote in the record on line 2 is never closed.',
    ],
    [
      'has a line of more than 1 MiB',
      retailFile(retailLine('22423', 'X', 1, 1), 'x'.repeat(1_100_000), retailLine('22423', 'Y', 1, 1)),
      'The record on line 3 is longer than 1048576 bytes, or its quote is never closed.',
    ],
    [
      'has a quote that swallows more than 1 MiB',
      retailFile(`1,22423,"${'swallowed\n'.repeat(300_000)}`),
      'The record on line 2 is longer than 1048576 bytes, or its quote is never closed.',
    ],
  ])('fails as a whole where the file %s', async (_, file, failure) => {
    const result = await imports.import('online-retail', file, { settings: { pieceBytes: 65_536 } });

    expect(result).toMatchObject({ status: 'failed', failure, imported: 0 });
    expect(await imports.products()).toEqual([]);
    expect(await imports.leftovers(result.id)).toEqual(NOTHING);
  });

  it('takes a line longer than a piece', async () => {
    const file = retailFile(retailLine('22423', `"${'long '.repeat(20_000)}"`, 1, 1));

    const result = await imports.import('online-retail', file, { settings: { pieceBytes: 1_000 } });

    expect(result).toMatchObject({ status: 'completed', rows: 1, imported: 1 });
  });

  it('fails where the uploaded file is gone', async () => {
    const id = await imports.start('shopify', LAMP);
    await imports.files.remove(`imports/${id}.csv`);

    await imports.run(id);

    expect(await imports.find(id)).toMatchObject({ status: 'failed', failure: 'The uploaded file is gone.' });
  });

  it('is dead-lettered where nobody knows it', async () => {
    await expect(imports.run(uuidv7())).rejects.toThrow(Reject);
  });
});

describe('an import of what is there already', () => {
  const file = retailFile(retailLine('22423', 'CAKESTAND', 10, '12.75'), retailLine('85123A', 'HEART', 5, '2.55'));

  it('changes nothing where the file is the same, and counts its products', async () => {
    await imports.import('online-retail', file);
    const before = await imports.products();

    const again = await imports.import('online-retail', file);

    expect(again.imported).toBe(2);
    expect(await imports.products()).toEqual(before);
  });

  it('changes what differs and raises the versions of that alone', async () => {
    await imports.import('online-retail', file);
    const other = retailFile(
      retailLine('22423', 'CAKESTAND', 12, '12.75'),
      retailLine('85123A', 'WHITE HEART', 5, '2.55'),
    );

    await imports.import('online-retail', other);

    expect(await imports.products()).toEqual([
      expect.objectContaining({ sku: '22423', available: 12, version: 1, stockVersion: 2 }),
      expect.objectContaining({ sku: '85123A', name: 'WHITE HEART', version: 2, stockVersion: 1 }),
    ]);
  });

  it('C3: never undoes a sale: stock moves by the difference between the files', async () => {
    await imports.import('online-retail', file);
    await catalog.query(`UPDATE stock SET available = available - 4, reserved = 1, sold = 3 WHERE initial = 10`);

    await imports.import('online-retail', retailFile(retailLine('22423', 'CAKESTAND', 7, '12.75')));

    expect(await imports.products()).toContainEqual(
      expect.objectContaining({ sku: '22423', available: 3, reserved: 1, sold: 3, initial: 7 }),
    );
  });

  it('rejects a product whose stock would fall below zero, and takes the others', async () => {
    await imports.import('online-retail', file);
    await catalog.query(`UPDATE stock SET available = available - 4, sold = 4 WHERE initial = 10`);

    const result = await imports.import(
      'online-retail',
      retailFile(retailLine('85123A', 'HEART', 6, '2.55'), retailLine('22423', 'CAKESTAND', 3, '12.75')),
    );

    expect(result).toMatchObject({
      status: 'completed',
      imported: 1,
      rejected: [{ line: 3, reason: 'the stock of 22423 would fall below zero: 3 in the file, 4 gone already' }],
    });
    expect(await imports.products()).toEqual([
      expect.objectContaining({ sku: '22423', available: 6, sold: 4, initial: 10 }),
      expect.objectContaining({ sku: '85123A', available: 6, initial: 6 }),
    ]);
  });

  it('makes a new product of a SKU whose product was deleted', async () => {
    await imports.import('online-retail', file);
    await catalog.query(`UPDATE product SET deleted_at = now() WHERE sku = '22423'`);

    const again = await imports.import('online-retail', file);

    expect(again.imported).toBe(2);
    expect(await catalog.query(`SELECT 1 FROM product WHERE sku = '22423'`)).toHaveLength(2);
  });

  it('keeps a description that the format knows nothing of', async () => {
    await imports.import('online-retail', file);
    await catalog.query(`UPDATE product SET description = 'By hand.' WHERE sku = '22423'`);

    await imports.import('online-retail', file);

    expect(await imports.products()).toContainEqual(
      expect.objectContaining({ sku: '22423', description: 'By hand.', version: 1 }),
    );
  });
});
