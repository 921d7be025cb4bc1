import { type Quote, MAX_QUANTITY, type OrderStatus } from '@lethe/contracts';
import type { Money, ProblemFault } from '@lethe/kernel';
import { IllegalTransitionError, ImpossibleOrderError } from '../orders.errors.js';

/**
 * Where an order can go from each state. States with nowhere to go are final. Until it is delivered the state tells where
 * the goods are, and money that goes back in part leaves it as it is; from then on it tells how much of the money went
 * back. `returned`: goods are ours, and their money is owed.
 */
export const ORDER_LIFE = {
  pending: ['reserved', 'rejected', 'cancelled'],
  reserved: ['paid', 'rejected', 'cancelled'],
  paid: ['confirmed'],
  // Straight to delivered: handed over by others than our warehouse. Returned: given up before it left.
  confirmed: ['fulfilling', 'delivered', 'returned', 'refunded'],
  fulfilling: ['shipped', 'returned', 'refunded'],
  // Refunded or returned on its way: the parcel was lost, or came back unopened.
  shipped: ['delivered', 'returned', 'refunded'],
  delivered: ['returned', 'partly-refunded', 'refunded'],
  returned: ['returned', 'partly-refunded', 'refunded'],
  'partly-refunded': ['returned', 'partly-refunded', 'refunded'],
  refunded: [],
  rejected: [],
  cancelled: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;
export const TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = ORDER_LIFE;

/**
 * Whether nothing is under way any more: the order has ended, or only a change of mind moves it on, for which nobody waits.
 * A confirmed one waits for the warehouse, a returned one for its money.
 */
export function isAtRest(status: OrderStatus): boolean {
  return status === 'delivered' || status === 'partly-refunded' || TRANSITIONS[status].length === 0;
}

/** Whether the table allows the step. */
export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Throws an {@link IllegalTransitionError}, which names the legal steps, unless the table allows this one. */
export function assertCanBecome(from: OrderStatus, to: OrderStatus): void {
  if (!canBecome(from, to)) throw new IllegalTransitionError(from, to, TRANSITIONS[from]);
}

/** So much of a product. */
export interface RequestedItem {
  readonly productId: string;
  readonly quantity: number;
}

/** A line of an order, with what the product was and cost when the order was placed. */
export interface OrderLine extends RequestedItem {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: Money;
  /** What the line costs with its share of discount and tax, where there are any. */
  readonly paid?: Money;
  /** Of the product, when the order was placed. */
  readonly category?: string;
}

/**
 * Adds up the items of one product, in the order of first mention. Product ids are UUIDs, and equal whatever their case.
 * Throws an {@link ImpossibleOrderError} where the sum is more than one line may hold.
 */
export function mergeItems(items: readonly RequestedItem[]): RequestedItem[] {
  const sums = new Map<string, number>();
  const faults: ProblemFault[] = [];
  for (const [at, { productId, quantity }] of items.entries()) {
    const id = productId.toLowerCase();
    const sum = (sums.get(id) ?? 0) + quantity;
    sums.set(id, sum);
    if (sum > MAX_QUANTITY) {
      faults.push({ pointer: `/items/${at}/quantity`, detail: `more than ${MAX_QUANTITY} of one product` });
    }
  }
  if (faults.length > 0) throw new ImpossibleOrderError('quantity-too-large', 'too much of one product', faults);
  return [...sums].map(([productId, quantity]) => ({ productId, quantity }));
}

/**
 * The lines of an order at the catalogue's prices. Throws an {@link ImpossibleOrderError} for products that the
 * catalogue does not know, each pointed at in `items`, and for prices in more than one currency.
 */
export function priceItems(items: readonly RequestedItem[], quote: Quote): OrderLine[] {
  const products = new Map(quote.items.map((product) => [product.id.toLowerCase(), product]));
  const faults = items.flatMap(({ productId }, at) =>
    products.has(productId.toLowerCase()) ? [] : [{ pointer: `/items/${at}/productId`, detail: 'no such product' }],
  );
  if (faults.length > 0) throw new ImpossibleOrderError('unknown-product', 'not all products exist', faults);
  const lines = mergeItems(items).flatMap(({ productId, quantity }): OrderLine[] => {
    const product = products.get(productId);
    if (!product) return [];
    const { sku, name, price: unitPrice, category } = product;
    return [{ productId, quantity, sku, name, unitPrice, ...(category === undefined ? {} : { category }) }];
  });
  const currencies = [...new Set(lines.map(({ unitPrice }) => unitPrice.currency))];
  if (currencies.length > 1) {
    throw new ImpossibleOrderError('mixed-currencies', `one order cannot be in ${currencies.join(' and ')}`, [
      { pointer: '/items', detail: `prices in ${currencies.join(', ')}` },
    ]);
  }
  return lines;
}

/**
 * Bytes of JSON that the lines of an order may have: an order's events carry them, and a message through SNS has at most
 * 262,144 bytes (https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html). About 1,500 lines.
 */
export const MAX_LINES_BYTES = 240_000;

/** Throws an {@link ImpossibleOrderError} where the lines do not fit a message: better now than after it is paid. */
export function assertFitsMessage(lines: readonly OrderLine[]): void {
  if (Buffer.byteLength(JSON.stringify(lines)) <= MAX_LINES_BYTES) return;
  throw new ImpossibleOrderError('order-too-large', 'the order has too many lines to be handled as one', [
    { pointer: '/items', detail: `more than ${MAX_LINES_BYTES} bytes of lines` },
  ]);
}
