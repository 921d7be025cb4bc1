import { setTimeout as delay } from 'node:timers/promises';
import {
  type Reconciliation,
  reconciliationSchema,
  salesSchema,
  startedReconciliationSchema,
  stockSchema,
} from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import type { StoreClient } from '@lethe/store';
import { IN_FLIGHT } from './replay-orders.js';

/** What one of the store's books says of the same sales and returns. Money in pence. */
export interface Book {
  readonly book: 'file' | 'orders' | 'analytics' | 'stock' | 'provider';
  readonly orders?: number;
  /** Sold, whatever came back. */
  readonly units?: number;
  readonly revenue?: number;
  /** Units that came back. */
  readonly returned?: number;
  readonly refunded?: number;
  /** Places where the book disagrees with another that tells the same. */
  readonly differences?: number;
}

/** How long analytics may take to hear of the last refund. */
const HEARD_MS = 120_000;
const DAY_MS = 86_400_000;

/** What analytics shows of a period, once it shows as much money given back as it should, or time is over. */
export async function analyticsBook(
  client: StoreClient,
  { from, refunded }: { readonly from: string; readonly refunded: number },
): Promise<Book> {
  const deadline = performance.now() + HEARD_MS;
  for (;;) {
    const to = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
    const { buckets } = await client.get(`/analytics/sales?from=${from}&to=${to}&bucket=day`, salesSchema);
    const sum = (of: (bucket: (typeof buckets)[number]) => number): number =>
      buckets.reduce((all, one) => all + of(one), 0);
    const book: Book = {
      book: 'analytics',
      orders: sum(({ orders }) => orders),
      units: sum(({ units }) => units),
      revenue: sum(({ revenue }) => revenue.amount),
      refunded: sum((bucket) => bucket.refunded?.amount ?? 0),
    };
    if (book.refunded === refunded || performance.now() > deadline) return book;
    await delay(1_000);
  }
}

/** Holds the units that the catalogue sold, product by product, against what was sold less what came back. */
export async function stockBook(client: StoreClient, expected: ReadonlyMap<string, number>): Promise<Book> {
  const waiting = expected.entries();
  let [units, differences] = [0, 0];
  const worker = async (): Promise<void> => {
    for (const [productId, sold] of waiting) {
      const stock = await client.get(`/catalog/products/${productId}/stock?limit=1`, stockSchema);
      const whole = stock.available + stock.reserved + stock.sold === stock.initial + stock.adjusted;
      units += stock.sold;
      if (stock.sold !== sold || !whole) differences += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { book: 'stock', units, differences };
}

/** Has the store compare its payments and refunds with the provider's, from a time on. */
export async function providerBook(client: StoreClient, from: Date): Promise<Book> {
  const body = { from: from.toISOString(), to: new Date().toISOString() };
  const request = { body, idempotencyKey: uuidv7() };
  const { id } = await client.post('/orders/reconciliations', startedReconciliationSchema, request);
  for (;;) {
    const run: Reconciliation = await client.get(`/orders/reconciliations/${id}`, reconciliationSchema);
    if (run.status === 'done') return { book: 'provider', orders: run.payments, differences: run.differences };
    await delay(500);
  }
}

/** Whether all books that tell something tell the same of it, and none found a difference. */
export function booksAgree(books: readonly Book[]): boolean {
  const same = (of: (book: Book) => number | undefined): boolean =>
    new Set(books.map(of).filter((figure) => figure !== undefined)).size <= 1;
  const sales = books.filter(({ book }) => book !== 'stock' && book !== 'provider');
  return (
    books.every(({ differences }) => (differences ?? 0) === 0) &&
    same(({ refunded }) => refunded) &&
    same(({ returned }) => returned) &&
    same(({ revenue }) => revenue) &&
    new Set(sales.map(({ units }) => units)).size === 1 &&
    new Set(sales.map(({ orders }) => orders)).size === 1
  );
}
