import type { CatalogFormat, Columns, LineStager } from './catalog-format.js';
import type { CsvRecord } from './csv-chunk.js';
import { findColumns } from './header.js';
import { storableFault, storableName } from './storable-text.js';
import type { NameCount, PriceCount, Rejection, StagedLines, UnitCount } from '../staged-lines.js';

const COLUMNS = {
  invoice: { names: ['InvoiceNo'] },
  code: { names: ['StockCode'] },
  name: { names: ['Description'] },
  quantity: { names: ['Quantity'] },
  date: { names: ['InvoiceDate'] },
  price: { names: ['UnitPrice'] },
  customer: { names: ['CustomerID'] },
  country: { names: ['Country'] },
} as const;

/** Five digits and letters; postage, fees and vouchers have codes of other kinds. */
const STOCK_CODE = /^[0-9]{5}[A-Z]*$/;
const QUANTITY = /^-?[0-9]{1,9}$/;
const PRICE = /^-?[0-9]{1,12}(\.[0-9]{1,8})?$/;
/** As long as a SKU of the store may be. */
const MAX_CODE_LENGTH = 64;

/** An invoice line that can be read. */
interface InvoiceLine {
  readonly code: string;
  readonly name: string;
  readonly quantity: number;
  readonly price: string;
  readonly isPriced: boolean;
}

function readLine({ fields, fault }: CsvRecord, columns: Columns, width: number): InvoiceLine | string {
  if (fault !== undefined) return fault;
  if (fields.length !== width) return `${fields.length} columns instead of ${width}`;
  const at = (column: keyof typeof COLUMNS): string => (fields[columns[column] ?? -1] ?? '').trim();
  const code = at('code').toUpperCase();
  if (!STOCK_CODE.test(code) || code.length > MAX_CODE_LENGTH) return 'not a stock code';
  const quantity = at('quantity');
  if (!QUANTITY.test(quantity)) return 'the quantity is not a whole number';
  const price = at('price');
  if (!PRICE.test(price)) return 'the price is not a decimal number';
  const name = at('name');
  const unstorable = storableFault(name);
  if (unstorable !== undefined) return unstorable;
  const isPriced = !price.startsWith('-') && /[1-9]/.test(price);
  return { code, name: storableName(name), quantity: Number(quantity), price, isPriced };
}

/** What one stock code adds up to within a chunk. */
class CodeTally {
  readonly prices = new Map<string, number>();
  readonly names = new Map<string, number>();
  units = 0;

  constructor(readonly firstLine: number) {}

  add({ name, quantity, price, isPriced }: InvoiceLine): void {
    if (name !== '') this.names.set(name, (this.names.get(name) ?? 0) + 1);
    if (!isPriced) return;
    this.prices.set(price, (this.prices.get(price) ?? 0) + 1);
    if (quantity > 0) this.units += quantity;
  }
}

class InvoiceStager implements LineStager {
  readonly #tallies = new Map<string, CodeTally>();
  readonly #rejections: Rejection[] = [];
  #rows = 0;

  constructor(private readonly columns: Columns) {}

  add(record: CsvRecord): void {
    this.#rows += 1;
    const read = readLine(record, this.columns, this.columns['width'] ?? 0);
    if (typeof read === 'string') {
      this.#rejections.push({ line: record.line, reason: read });
      return;
    }
    const tally = this.#tallies.get(read.code) ?? new CodeTally(record.line);
    this.#tallies.set(read.code, tally);
    tally.add(read);
  }

  result(): StagedLines {
    const prices: PriceCount[] = [];
    const names: NameCount[] = [];
    const units: UnitCount[] = [];
    for (const [sku, tally] of this.#tallies) {
      for (const [price, count] of tally.prices) prices.push({ sku, price, count });
      for (const [name, count] of tally.names) names.push({ sku, name, count });
      units.push({ sku, units: tally.units, line: tally.firstLine });
    }
    return { rows: this.#rows, rejections: this.#rejections, prices, names, units, products: [], carry: null };
  }
}

/**
 * Invoice lines in the columns of the Online Retail dataset (UCI, 2015). A product is a stock code with at least one
 * positive price. Its stock is the sum of what was sold: quantities above zero at a price above zero, exactly the lines
 * that a replay of the orders places, so that the replay never runs out. A line without a price (found stock, samples)
 * is no sale and adds its description only.
 */
export const onlineRetail: CatalogFormat = {
  columnsOf: (header) => ({ ...findColumns(header, COLUMNS), width: header.length }),

  open: (columns) => new InvoiceStager(columns),
};
