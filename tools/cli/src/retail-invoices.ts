import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';

/** One invoice of the Online Retail dataset as the order it was. */
export interface RetailInvoice {
  readonly number: string;
  /** ISO 8601 in UTC; the dataset names no zone. */
  readonly placedAt: string;
  /** Lines of the file that count, before lines of one product are added up. */
  readonly lines: number;
  /** Units by stock code. */
  readonly units: ReadonlyMap<string, number>;
}

export interface InvoiceFilter {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Last day, itself included. */
  readonly to: string;
  readonly isKnown: (stockCode: string) => boolean;
}

interface RetailRow {
  readonly InvoiceNo: string;
  readonly StockCode: string;
  readonly Quantity: string;
  readonly InvoiceDate: string;
  readonly UnitPrice: string;
}

/**
 * Reads the invoices of the days asked for. Left out are cancellations (`C…`) and adjustments (`A…`), and lines
 * without a positive quantity and price or whose stock code the store does not know.
 */
export async function readRetailInvoices(
  csv: Readable,
  { from, to, isKnown }: InvoiceFilter,
): Promise<RetailInvoice[]> {
  const invoices = new Map<string, { number: string; placedAt: string; lines: number; units: Map<string, number> }>();
  const rows: AsyncIterable<RetailRow> = csv.pipe(parse({ columns: true, bom: true, relax_column_count: true }));
  for await (const row of rows) {
    const day = row.InvoiceDate?.slice(0, 10);
    if (day === undefined || day < from || day > to || !/^\d+$/.test(row.InvoiceNo)) continue;
    const code = row.StockCode.trim().toUpperCase();
    const quantity = Number(row.Quantity);
    if (!Number.isSafeInteger(quantity) || quantity <= 0 || !isPositive(row.UnitPrice) || !isKnown(code)) continue;
    const placedAt = `${day}T${row.InvoiceDate.slice(11)}.000Z`;
    const invoice = invoices.get(row.InvoiceNo) ?? { number: row.InvoiceNo, placedAt, lines: 0, units: new Map() };
    invoice.lines += 1;
    invoice.units.set(code, (invoice.units.get(code) ?? 0) + quantity);
    invoices.set(row.InvoiceNo, invoice);
  }
  return [...invoices.values()];
}

/** A decimal text above zero: no minus, and at least one digit that is not 0. */
function isPositive(price: string): boolean {
  return /^\d{1,9}(\.\d{1,6})?$/.test(price) && /[1-9]/.test(price);
}
