import { describe, expect, it } from '@jest/globals';
import { shopify } from './shopify.js';
import type { StagedLines } from '../staged-lines.js';

const HEADER = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Option1 Name',
  'Option1 Value',
  'Variant SKU',
  'Variant Inventory Qty',
  'Variant Price',
  'Image Src',
];
const columns = shopify.columnsOf(HEADER);

interface Row {
  handle?: string;
  title?: string;
  body?: string;
  type?: string;
  option?: string;
  sku?: string;
  units?: string;
  price?: string;
  image?: string;
}
const cells = ({ handle = 'lamp', title, body, type, option, sku, units, price, image }: Row): string[] =>
  [handle, title, body, 'Acme', type, 'a, b', 'Colour', option, sku, units, price, image].map((cell) => cell ?? '');
function stage(rows: readonly Row[], carry: unknown = null, firstLine = 2): StagedLines {
  const stager = shopify.open(columns, carry);
  for (const [at, row] of rows.entries()) stager.add({ fields: cells(row), line: firstLine + at });
  return stager.result();
}

describe('the shopify format', () => {
  it('makes a product of each variant, with title, body and type of the first row of its handle', () => {
    const { products, rejections } = stage([
      {
        title: 'Desk Lamp',
        body: '<p>Warm &amp; bright</p>',
        type: 'Lamps',
        option: 'Red',
        sku: 'L-R',
        units: '4',
        price: '19.99',
      },
      { option: 'Blue', sku: 'L-B', units: '0', price: '21.50' },
    ]);

    expect(rejections).toEqual([]);
    expect(products).toEqual([
      {
        sku: 'L-R',
        line: 2,
        name: 'Desk Lamp - Red',
        description: 'Warm & bright',
        category: 'Lamps',
        price: 1999,
        currency: 'GBP',
        units: 4,
      },
      {
        sku: 'L-B',
        line: 3,
        name: 'Desk Lamp - Blue',
        description: 'Warm & bright',
        category: 'Lamps',
        price: 2150,
        currency: 'GBP',
        units: 0,
      },
    ]);
  });

  it('remembers the first row of a handle from one chunk to the next', () => {
    const first = stage([{ title: 'Desk Lamp', option: 'Red', sku: 'L-R', price: '1' }]);
    const carried: unknown = JSON.parse(JSON.stringify(first.carry));

    expect(stage([{ option: 'Blue', sku: 'L-B', price: '2' }], carried, 3).products).toEqual([
      expect.objectContaining({ name: 'Desk Lamp - Blue', line: 3 }),
    ]);
  });

  it('names the only variant after its product, and files a product without a type by its name', () => {
    const { products } = stage([{ title: 'Tin Mug', option: 'Default Title', sku: 'M', price: '5' }]);

    expect(products[0]).toMatchObject({ name: 'Tin Mug', category: 'kitchen', units: 0 });
  });

  it('skips rows that only add an image', () => {
    const { products, rejections, rows } = stage([
      { title: 'Mug', sku: 'M', price: '5', image: 'https://example.com/1.jpg' },
      { image: 'https://example.com/2.jpg' },
    ]);

    expect([rows, products.length, rejections.length]).toEqual([2, 1, 0]);
  });

  it.each<[string, Row, string]>([
    ['no SKU', { title: 'Mug', price: '5' }, 'no SKU'],
    ['a long SKU', { title: 'Mug', price: '5', sku: 'x'.repeat(65) }, 'the SKU is longer than 64 characters'],
    ['no price', { title: 'Mug', sku: 'M' }, 'the price is not a decimal number'],
    ['a bad price', { title: 'Mug', sku: 'M', price: '£5' }, 'the price is not a decimal number'],
    ['a negative price', { title: 'Mug', sku: 'M', price: '-5' }, 'the price is negative'],
    [
      'a bad quantity',
      { title: 'Mug', sku: 'M', price: '5', units: 'many' },
      'the inventory quantity is not a whole number',
    ],
    ['no title', { sku: 'M', price: '5' }, 'no title'],
    ['no handle', { handle: '', title: 'Mug', sku: 'M', price: '5' }, 'no handle'],
    ['NUL', { title: 'M\0ug', sku: 'M', price: '5' }, 'contains the character NUL'],
  ])('rejects a row with %s', (_, row, reason) => {
    expect(stage([row]).rejections).toEqual([{ line: 2, reason }]);
  });

  it('takes an oversold variant as sold out', () => {
    expect(stage([{ title: 'Mug', sku: 'M', price: '5', units: '-3' }]).products[0]?.units).toBe(0);
  });

  it('reads the column names of 2025 and a currency', () => {
    const header = ['Title', 'URL handle', 'SKU', 'Price', 'Currency', 'Inventory quantity'];
    const record = { fields: ['Mug', 'mug', 'M', '500', 'jpy', '2'], line: 2 };

    const stager = shopify.open(shopify.columnsOf(header), null);
    stager.add(record);

    expect(stager.result().products[0]).toMatchObject({
      price: 500,
      currency: 'JPY',
      units: 2,
    });
  });
});
