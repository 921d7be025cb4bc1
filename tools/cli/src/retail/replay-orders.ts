import { type Order, orderSchema, placedOrderSchema, productPageSchema } from '@lethe/contracts';
import type { StoreClient } from '@lethe/store';
import { setTimeout as delay } from 'node:timers/promises';
import type { RetailInvoice } from './retail-file.js';

export interface DaySummary {
  readonly day: string;
  invoices: number;
  lines: number;
  units: number;
  confirmed: number;
  rejected: number;
  /** Pence of the confirmed orders. */
  revenue: number;
}

/** Product ids by stock code: the whole catalogue, page by page. */
export async function productIdsBySku(client: StoreClient): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: { id: string; sku: string }[]; nextCursor: string | null } = await client.get(
      `/catalog/products?limit=100${after}`,
      productPageSchema,
    );
    for (const { id, sku } of page.items) ids.set(sku, id);
    cursor = page.nextCursor;
  }
  return ids;
}

/** How many orders are on their way at once. The next is placed when one has ended, so the store sets the pace. */
export const IN_FLIGHT = 16;

/** An invoice as the store has it now. */
export interface ReplayedInvoice {
  readonly orderId: string;
  readonly sold: boolean;
}

export interface ReplayedSales {
  readonly days: DaySummary[];
  /** By number. */
  readonly invoices: ReadonlyMap<string, ReplayedInvoice>;
}

/**
 * Places one backdated order per invoice, as a signed-in admin, and waits until each has ended. The key is the invoice's
 * number: a second replay within the keys' retention places nothing twice.
 */
export async function replayInvoices(
  client: StoreClient,
  invoices: readonly RetailInvoice[],
  productIds: ReadonlyMap<string, string>,
  onSettled: (settled: number) => void,
): Promise<ReplayedSales> {
  const days = new Map<string, DaySummary>();
  const replayed = new Map<string, ReplayedInvoice>();
  const waiting = invoices.values();
  let settled = 0;
  const worker = async (): Promise<void> => {
    for (const invoice of waiting) {
      const order = await placeInvoice(client, invoice, productIds);
      const sold = order.status !== 'rejected' && order.status !== 'cancelled';
      replayed.set(invoice.number, { orderId: order.id, sold });
      addToDay(days, invoice, { sold, total: order.total.amount });
      settled += 1;
      onSettled(settled);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { days: [...days.values()].toSorted((a, b) => a.day.localeCompare(b.day)), invoices: replayed };
}

/** Not sold yet, nor ended. Whatever comes later, in a shop whose orders were delivered since, is a sale. */
const UNDER_WAY: ReadonlySet<string> = new Set(['pending', 'reserved', 'paid']);

async function placeInvoice(
  client: StoreClient,
  invoice: RetailInvoice,
  productIds: ReadonlyMap<string, string>,
): Promise<Order> {
  const items = [...invoice.units].map(([code, quantity]) => ({ productId: productIds.get(code), quantity }));
  const placed = await client.post('/orders', placedOrderSchema, {
    body: { items, paymentToken: 'tok_visa', placedAt: invoice.placedAt },
    idempotencyKey: `online-retail-${invoice.number}`,
  });
  for (let wait = 150; ; wait = Math.min(1_000, wait * 1.5)) {
    const order = await client.get(`/orders/${placed.id}`, orderSchema);
    if (!UNDER_WAY.has(order.status)) return order;
    await delay(wait);
  }
}

function addToDay(
  days: Map<string, DaySummary>,
  invoice: RetailInvoice,
  { sold, total }: { readonly sold: boolean; readonly total: number },
): void {
  const day = invoice.placedAt.slice(0, 10);
  const summary = days.get(day) ?? { day, invoices: 0, lines: 0, units: 0, confirmed: 0, rejected: 0, revenue: 0 };
  days.set(day, summary);
  summary.invoices += 1;
  summary.lines += invoice.lines;
  summary.units += [...invoice.units.values()].reduce((sum, units) => sum + units, 0);
  summary.confirmed += sold ? 1 : 0;
  summary.rejected += sold ? 0 : 1;
  summary.revenue += sold ? total : 0;
}
