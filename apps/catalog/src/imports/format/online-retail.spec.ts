import { describe, expect, it } from '@jest/globals';
import { CatalogFileError } from '../../catalog.errors.js';
import type { CsvRecord } from './csv-chunk.js';
import { onlineRetail } from './online-retail.js';
import type { StagedLines } from '../staged-lines.js';

const HEADER = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];
const columns = onlineRetail.columnsOf(HEADER);

const line = (code: string, name: string, quantity: string, price: string): string[] => [
  '536365',
  code,
  name,
  quantity,
  '2010-12-01 08:26:00',
  price,
  '17850.0',
  'United Kingdom',
];
function stageRecords(...records: CsvRecord[]): StagedLines {
  const stager = onlineRetail.open(columns, null);
  for (const record of records) stager.add(record);
  return stager.result();
}
const stage = (...lines: string[][]) => stageRecords(...lines.map((fields, at) => ({ fields, line: at + 2 })));

describe('the online-retail format', () => {
  it('finds its columns in any order and names those that are missing', () => {
    expect(onlineRetail.columnsOf(HEADER.toReversed())).toMatchObject({ code: 6, price: 2, width: 8 });
    expect(() =>
      onlineRetail.columnsOf(['InvoiceNo', 'StockCode', 'Description', 'InvoiceDate', 'CustomerID', 'Country']),
    ).toThrow(new CatalogFileError('The header has no column Quantity, UnitPrice.'));
  });

  it('adds up prices, names and sold units of a stock code', () => {
    const staged = stage(
      line('85123A', 'WHITE HEART', '6', '2.55'),
      line(' 85123a ', ' WHITE HEART ', '4', '2.55'),
      line('85123A', 'CREAM HEART', '1', '2.95'),
    );

    expect(staged.rows).toBe(3);
    expect(staged.prices).toEqual([
      { sku: '85123A', price: '2.55', count: 2 },
      { sku: '85123A', price: '2.95', count: 1 },
    ]);
    expect(staged.names).toEqual([
      { sku: '85123A', name: 'WHITE HEART', count: 2 },
      { sku: '85123A', name: 'CREAM HEART', count: 1 },
    ]);
    expect(staged.units).toEqual([{ sku: '85123A', units: 11, line: 2 }]);
  });

  it('counts as sold what has a positive quantity and a positive price, so that a replay never runs out', () => {
    const staged = stage(
      line('22423', 'CAKESTAND', '5', '12.75'),
      line('22423', 'CAKESTAND', '-2', '12.75'),
      line('22423', 'found', '100', '0'),
      line('22423', '', '7', '0.00'),
      line('22423', 'adjust', '3', '-11062.06'),
    );

    expect(staged.units).toEqual([{ sku: '22423', units: 5, line: 2 }]);
    expect(staged.prices).toEqual([{ sku: '22423', price: '12.75', count: 2 }]);
    expect(staged.rejections).toEqual([]);
  });

  it.each([
    ['POST', 'not a stock code'],
    ['C2', 'not a stock code'],
    ['8512', 'not a stock code'],
    ['851234', 'not a stock code'],
    ['85123A1', 'not a stock code'],
    ['', 'not a stock code'],
    ['DCGS0076', 'not a stock code'],
  ])('rejects the code %j', (code, reason) => {
    expect(stage(line(code, 'X', '1', '1')).rejections).toEqual([{ line: 2, reason }]);
  });

  it('rejects lines that cannot be read one by one, by their number and with a reason', () => {
    const staged = stage(
      line('22423', 'CAKESTAND', '1.5', '12.75'),
      line('22423', 'CAKESTAND', '1', '12,75'),
      line('22423', 'CAKESTAND', '1', '1e3'),
      ['22423', 'CAKESTAND'],
      line('22423', 'CAKE\0STAND', '1', '12.75'),
      line('22423', 'CAKESTAND', '1', '12.75'),
    );

    expect(staged.rejections).toEqual([
      { line: 2, reason: 'the quantity is not a whole number' },
      { line: 3, reason: 'the price is not a decimal number' },
      { line: 4, reason: 'the price is not a decimal number' },
      { line: 5, reason: '2 columns instead of 8' },
      { line: 6, reason: 'contains the character NUL' },
    ]);
    expect(staged.units).toEqual([{ sku: '22423', units: 1, line: 7 }]);
  });

  it('rejects a line whose quotes are broken', () => {
    const record = { fields: line('22423', 'X', '1', '1'), line: 9, fault: 'text after a closing quote' };

    expect(stageRecords(record).rejections).toEqual([{ line: 9, reason: 'text after a closing quote' }]);
  });
});
