import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';

/** One invoice of the Online Retail dataset as the order it was. */
export interface RetailInvoice {
  readonly number: string;
  /** ISO 8601 in UTC; the dataset names no zone. */
  readonly placedAt: string;
  /** Empty where the file names none. */
  readonly customer: string;
  /** Lines of the file that count, before lines of one product are added up. */
  readonly lines: number;
  /** Units by stock code. */
  readonly units: ReadonlyMap<string, number>;
}

/** A line of a cancellation (an invoice whose number starts with `C`): goods that came back. */
export interface CancelledLine {
  /** Of the cancellation, with its `C`. */
  readonly number: string;
  readonly at: string;
  readonly customer: string;
  readonly code: string;
  /** Units that came back, above zero. */
  readonly quantity: number;
}

/** What of the file is replayed. */
export interface RetailHistory {
  readonly invoices: readonly RetailInvoice[];
  readonly cancelled: readonly CancelledLine[];
  /** Cancelled lines that are no goods of the store: postage, discounts, products it does not know. */
  readonly notGoods: number;
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
  readonly CustomerID: string;
}

interface GrowingInvoice extends RetailInvoice {
  lines: number;
  readonly units: Map<string, number>;
}

/**
 * Reads the invoices and cancellations of the days asked for, in the order of the file. Left out are adjustments (`A…`),
 * lines of a sale without a positive quantity and price, and those whose stock code the store does not know.
 */
export async function readRetailFile(csv: Readable, { from, to, isKnown }: InvoiceFilter): Promise<RetailHistory> {
  const invoices = new Map<string, GrowingInvoice>();
  const cancelled: CancelledLine[] = [];
  let notGoods = 0;
  const rows: AsyncIterable<RetailRow> = csv.pipe(parse({ columns: true, bom: true, relax_column_count: true }));
  for await (const row of rows) {
    const day = row.InvoiceDate?.slice(0, 10);
    if (day === undefined || day < from || day > to || !/^C?\d+$/.test(row.InvoiceNo)) continue;
    const code = row.StockCode.trim().toUpperCase();
    const quantity = Number(row.Quantity);
    if (!Number.isSafeInteger(quantity)) continue;
    const [number, customer] = [row.InvoiceNo, row.CustomerID.trim()];
    const at = `${day}T${row.InvoiceDate.slice(11)}.000Z`;
    if (number.startsWith('C')) {
      if (isKnown(code) && quantity < 0) cancelled.push({ number, at, customer, code, quantity: -quantity });
      else notGoods += 1;
      continue;
    }
    if (quantity <= 0 || !isPositive(row.UnitPrice) || !isKnown(code)) continue;
    const invoice = invoices.get(number) ?? { number, placedAt: at, customer, lines: 0, units: new Map() };
    invoice.lines += 1;
    invoice.units.set(code, (invoice.units.get(code) ?? 0) + quantity);
    invoices.set(number, invoice);
  }
  return { invoices: [...invoices.values()], cancelled, notGoods };
}

/** A decimal text above zero: no minus, and at least one digit that is not 0. */
function isPositive(price: string): boolean {
  return /^\d{1,9}(\.\d{1,6})?$/.test(price) && /[1-9]/.test(price);
}
