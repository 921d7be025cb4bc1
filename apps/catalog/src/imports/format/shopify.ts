import { MoneyError, isCurrency, parseMoney } from '@lethe/kernel';
import { z } from 'zod';
import type { CatalogFormat, Columns, LineStager } from './catalog-format.js';
import { categoryOf } from './categories.js';
import type { CsvRecord } from './csv-chunk.js';
import { findColumns } from './header.js';
import { storableCategory, storableFault, storableName, textOfHtml } from './storable-text.js';
import type { ProductLine, Rejection, StagedLines } from '../staged-lines.js';

/** Columns of Shopify's product export, under their names before and since 2025. */
const COLUMNS = {
  handle: { names: ['Handle', 'URL handle'] },
  title: { names: ['Title'] },
  body: { names: ['Body (HTML)', 'Description'], optional: true },
  type: { names: ['Type'], optional: true },
  sku: { names: ['Variant SKU', 'SKU'] },
  price: { names: ['Variant Price', 'Price'] },
  currency: { names: ['Currency', 'Price currency'], optional: true },
  units: { names: ['Variant Inventory Qty', 'Inventory quantity'], optional: true },
  option1: { names: ['Option1 Value'], optional: true },
  option2: { names: ['Option2 Value'], optional: true },
  option3: { names: ['Option3 Value'], optional: true },
} as const;
type Column = keyof typeof COLUMNS;

const DEFAULT_CURRENCY = 'GBP';
/** What Shopify calls the only variant of a product without options. */
const ONLY_VARIANT = 'Default Title';
const MAX_SKU_LENGTH = 64;

/** What the first row of a handle says for all its rows. */
const parentSchema = z.object({ handle: z.string(), title: z.string(), body: z.string(), type: z.string() });
type Parent = z.output<typeof parentSchema>;

type Cells = (column: Column) => string;

function cellsOf({ fields }: CsvRecord, columns: Columns): Cells {
  return (column) => (fields[columns[column] ?? -1] ?? '').trim();
}

/** The row's parent: the row itself where it opens a handle, else the one carried so far. */
function parentOf(cells: Cells, carried: Parent | null): Parent {
  const handle = cells('handle');
  if (carried !== null && carried.handle === handle) return carried;
  return { handle, title: storableName(cells('title')), body: textOfHtml(cells('body')), type: cells('type') };
}

function nameOf(cells: Cells, title: string): string {
  const options = [cells('option1'), cells('option2'), cells('option3')].filter(
    (value) => value !== '' && value !== ONLY_VARIANT,
  );
  return storableName(options.length === 0 ? title : `${title} - ${options.join(' / ')}`);
}

function priceOf(text: string, currency: string): number | string {
  if (!isCurrency(currency)) return 'the currency is not an ISO 4217 code';
  try {
    const { amount } = parseMoney(text, currency);
    return amount < 0 ? 'the price is negative' : amount;
  } catch (error) {
    if (error instanceof MoneyError) return 'the price is not a decimal number';
    throw error;
  }
}

/** An oversold variant has a negative quantity in Shopify; here it has none. */
function unitsOf(text: string): number | undefined {
  if (text === '') return 0;
  return /^-?[0-9]{1,9}$/.test(text) ? Math.max(0, Number(text)) : undefined;
}

/** The product of a variant row, a reason to reject it, or undefined for a row that only adds an image. */
function readVariant(cells: Cells, parent: Parent, line: number): ProductLine | string | undefined {
  const sku = cells('sku');
  if (sku === '' && cells('price') === '' && cells('option1') === '') return undefined;
  if (parent.handle === '') return 'no handle';
  if (sku === '') return 'no SKU';
  if (sku.length > MAX_SKU_LENGTH) return `the SKU is longer than ${MAX_SKU_LENGTH} characters`;
  if (parent.title === '') return 'no title';
  const currency = cells('currency') === '' ? DEFAULT_CURRENCY : cells('currency').toUpperCase();
  const price = priceOf(cells('price'), currency);
  if (typeof price === 'string') return price;
  const units = unitsOf(cells('units'));
  if (units === undefined) return 'the inventory quantity is not a whole number';
  const name = nameOf(cells, parent.title);
  const category = storableCategory(parent.type) || categoryOf(name);
  return { sku, line, name, description: parent.body, category, price, currency, units };
}

class VariantStager implements LineStager {
  readonly #rejections: Rejection[] = [];
  readonly #products: ProductLine[] = [];
  #rows = 0;
  #parent: Parent | null;

  constructor(
    private readonly columns: Columns,
    carry: unknown,
  ) {
    this.#parent = carry === null ? null : parentSchema.parse(carry);
  }

  add(record: CsvRecord): void {
    this.#rows += 1;
    const { line } = record;
    const fault = faultOf(record, this.columns['width'] ?? 0);
    if (fault !== undefined) {
      this.#rejections.push({ line, reason: fault });
      return;
    }
    const cells = cellsOf(record, this.columns);
    this.#parent = parentOf(cells, this.#parent);
    const variant = readVariant(cells, this.#parent, line);
    if (typeof variant === 'string') this.#rejections.push({ line, reason: variant });
    else if (variant !== undefined) this.#products.push(variant);
  }

  result(): StagedLines {
    const [rows, rejections, products, carry] = [this.#rows, this.#rejections, this.#products, this.#parent];
    return { rows, rejections, prices: [], names: [], units: [], products, carry };
  }
}

function faultOf({ fields, fault }: CsvRecord, width: number): string | undefined {
  if (fault !== undefined) return fault;
  if (fields.length !== width) return `${fields.length} columns instead of ${width}`;
  return fields.map(storableFault).find((reason) => reason !== undefined);
}

/** Shopify's product export: one product per variant row; title, body and type come from the first row of its handle. */
export const shopify: CatalogFormat = {
  columnsOf: (header) => ({ ...findColumns(header, COLUMNS), width: header.length }),
  open: (columns, carry) => new VariantStager(columns, carry),
};
