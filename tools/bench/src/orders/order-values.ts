import { createHash, randomUUID } from 'node:crypto';
import { uuidv7 } from '@lethe/kernel';

/** The values of one order, as its rows have them. */
export interface OrderValues {
  readonly id: string;
  readonly customerId: string;
  readonly placedAt: Date;
  readonly key: { readonly scopeHash: Buffer; readonly fingerprint: string; readonly body: string };
  readonly lines: readonly LineValues[];
  readonly messages: readonly MessageValues[];
  readonly timer: MessageValues & { readonly deliverAt: Date };
}
export interface LineValues {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
}
/** A message as it lies in the outbox. */
export interface MessageValues {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

const TIMEOUT_MS = 120_000;
const CURRENCY = 'GBP';

function message(orderId: string, type: string, data: object, now: Date): MessageValues {
  const id = uuidv7(now.getTime());
  const envelope = { specversion: '1.0', id, source: 'orders', type, time: now, subject: orderId, data };
  return {
    id,
    type,
    body: JSON.stringify({ ...envelope, datacontenttype: 'application/json', actor: 'service:orders' }),
  };
}

/** Values of an order of two lines, such as the use case writes. */
export function orderValues(customerId: string): OrderValues {
  const now = new Date();
  const orderId = uuidv7(now.getTime());
  const lines = [1, 2].map((n) => ({
    productId: `019d0c5e-7a3c-7f00-8000-00000000000${n}`,
    sku: `SKU-${n}`,
    name: `WHITE HANGING HEART T-LIGHT HOLDER ${n}`,
    quantity: 2,
    unitPrice: 255 * n,
  }));
  const total = { amount: TOTAL, currency: CURRENCY };
  const items = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  const scopeHash = createHash('sha256').update(`${customerId} POST /orders ${randomUUID()}`).digest();
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ items, paymentToken: 'tok_visa' }))
    .digest('hex');
  return {
    id: orderId,
    customerId,
    placedAt: now,
    key: { scopeHash, fingerprint, body: JSON.stringify({ id: orderId, status: 'pending', total }) },
    lines,
    messages: [
      message(orderId, 'catalog.reserve-stock.v1', { orderId, items }, now),
      message(orderId, 'orders.order-placed.v1', { orderId, placedAt: now, total }, now),
    ],
    timer: {
      ...message(orderId, 'orders.remind-order.v1', { orderId, step: 1 }, now),
      deliverAt: new Date(now.getTime() + TIMEOUT_MS),
    },
  };
}

/** What {@link orderValues} cost, in pence. */
export const TOTAL = 1_530;
/** A day, as the keys of the use case. */
export const RETENTION_SECONDS = 86_400;
