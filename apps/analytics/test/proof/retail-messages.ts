import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

export const RETAIL_FILE = resolve(import.meta.dirname, '../../../../../shared/data/online-retail.csv.gz');

/** One line of the file. */
export interface RetailLine {
  readonly invoice: string;
  readonly code: string;
  readonly name: string;
  readonly quantity: number;
  /** ISO 8601; the file names no zone. */
  readonly at: string;
  /** Pence, half a penny rounded up. */
  readonly pence: number;
  /** Whether it costs anything, be it less than a penny. */
  readonly isPriced: boolean;
  readonly customer: string;
  readonly country: string;
}

/** Lines of one invoice that stand together, as all of them do. */
export interface RetailInvoice {
  readonly invoice: string;
  readonly lines: readonly RetailLine[];
}

/** The invoices of the file in its order, and how many lines were read. */
export async function readInvoices(
  most = Number.POSITIVE_INFINITY,
): Promise<{ read: number; invoices: RetailInvoice[] }> {
  const invoices = new Map<string, RetailLine[]>();
  let read = -1;
  const text = createReadStream(RETAIL_FILE).pipe(createGunzip());
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    read += 1;
    if (read === 0) continue;
    if (read > most) {
      read -= 1;
      break;
    }
    const row = lineOf(line);
    const known = invoices.get(row.invoice);
    if (known) known.push(row);
    else invoices.set(row.invoice, [row]);
  }
  return { read, invoices: [...invoices].map(([invoice, lines]) => ({ invoice, lines })) };
}

/** Whether the line sells goods: of a sale, not of a cancellation or an adjustment, with a quantity and a price. */
export const sells = ({ invoice, quantity, isPriced }: RetailLine): boolean =>
  /^\d+$/.test(invoice) && quantity > 0 && isPriced;

/** The same id for the same name, always. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function lineOf(text: string): RetailLine {
  const [invoice = '', code = '', name = '', quantity = '', date = '', price = '', customer = '', country = ''] =
    fieldsOf(text);
  const at = `${date.slice(0, 10)}T${date.slice(11)}.000Z`;
  return {
    invoice,
    code: code.trim().toUpperCase(),
    name,
    quantity: Number(quantity),
    at,
    pence: penceOf(price),
    isPriced: Number(price) > 0,
    customer,
    country,
  };
}

/** RFC 4180, one record a line. */
function fieldsOf(text: string): string[] {
  if (!text.includes('"')) return text.split(',');
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}

/** In whole numbers: a price in binary fractions may lie on the other side of half a penny. */
function penceOf(price: string): number {
  const [whole = '0', fraction = ''] = price.split('.');
  const thousandths = Number(`${whole}${fraction.padEnd(3, '0').slice(0, 3)}`);
  return Math.floor((thousandths + 5) / 10);
}
