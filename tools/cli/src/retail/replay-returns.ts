import { setTimeout as delay } from 'node:timers/promises';
import { type Order, createdReturnSchema, orderSchema } from '@lethe/contracts';
import type { StoreClient } from '@lethe/store';
import { CommandFailed } from '../output.js';
import type { MatchedReturn } from './match-returns.js';
import { IN_FLIGHT, type ReplayedInvoice } from './replay-orders.js';

/** What came of the cancellations. Money in pence. */
export interface ReturnsSummary {
  returns: number;
  units: number;
  /** As the store answered when it took the goods back. */
  refunded: number;
}

/** From when on a refund that is not settled may be waiting for the staff. */
const PATIENCE_MS = 3_000;

/**
 * Hands every order over of which something comes back, takes it back, as a signed-in admin, and waits until the money is
 * back too; what the staff has to approve is approved, as it was then. The key is the numbers of cancellation and sale.
 */
export async function replayReturns(
  client: StoreClient,
  returns: readonly MatchedReturn[],
  {
    invoices,
    productIds,
  }: {
    readonly invoices: ReadonlyMap<string, ReplayedInvoice>;
    readonly productIds: ReadonlyMap<string, string>;
  },
  onSettled: (settled: number) => void,
): Promise<ReturnsSummary> {
  const summary: ReturnsSummary = { returns: 0, units: 0, refunded: 0 };
  const waiting = Map.groupBy(returns, ({ invoice }) => invoice).entries();
  const worker = async (): Promise<void> => {
    for (const [invoice, ofOrder] of waiting) {
      const replayed = invoices.get(invoice);
      // What was not sold cannot come back.
      if (replayed?.sold !== true) continue;
      await client.send('POST', `/orders/${replayed.orderId}/delivery`, { repeatable: true });
      for (const one of ofOrder) {
        const units = [...one.units].map(([code, quantity]) => ({ productId: productIds.get(code), quantity }));
        const taken = await client.post(`/orders/${replayed.orderId}/returns`, createdReturnSchema, {
          body: { items: units, reason: `cancelled by ${one.number}` },
          idempotencyKey: `online-retail-${one.number}-${invoice}`,
        });
        summary.returns += 1;
        summary.units += units.reduce((sum, { quantity }) => sum + quantity, 0);
        summary.refunded += taken.refund?.amount.amount ?? 0;
      }
      await untilRefunded(client, replayed.orderId);
      onSettled(summary.returns);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return summary;
}

async function untilRefunded(client: StoreClient, orderId: string): Promise<Order> {
  const since = performance.now();
  for (let wait = 150; ; wait = Math.min(2_000, wait * 1.5)) {
    const order = await client.get(`/orders/${orderId}`, orderSchema);
    const failed = order.refunds?.find(({ status }) => status === 'failed');
    if (failed !== undefined) throw new CommandFailed(`refund ${failed.id} of order ${orderId} failed`);
    const open = order.refunds?.filter(({ status }) => status === 'requested') ?? [];
    if (open.length === 0) return order;
    if (performance.now() - since > PATIENCE_MS) await Promise.all(open.map(({ id }) => approve(client, orderId, id)));
    await delay(wait);
  }
}

/** Of a refund that nobody has to approve there is nothing to decide, and the store says so. */
async function approve(client: StoreClient, orderId: string, refundId: string): Promise<void> {
  const body = { subject: refundId, decision: 'approved' };
  await client.send('POST', `/orders/${orderId}/approvals`, { body, repeatable: true });
}
