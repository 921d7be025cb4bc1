import type { ProblemFault } from '@lethe/kernel';
import type { RequestedItem } from '../order/order.js';
import { ExceedsOrderError, NotBoughtError, NotDeliveredError } from '../orders.errors.js';
import { allocate } from '../pricing/allocation.js';
import { type LineMoney, refundOf } from '../pricing/line-money.js';

/** A line of an order, with how much of it came back before. */
export interface BoughtLine extends LineMoney {
  readonly position: number;
  readonly productId: string;
  readonly returned: number;
}

/** So many units of a line that come back, and what is given back for them. */
export interface LineBack extends RequestedItem {
  readonly position: number;
  readonly amount: number;
}

const leftOf = ({ quantity, returned }: BoughtLine): number => quantity - returned;

/** All of an order that has not come back yet. */
export function everythingOf(lines: readonly BoughtLine[]): RequestedItem[] {
  return lines
    .filter((line) => leftOf(line) > 0)
    .map((line) => ({ productId: line.productId, quantity: leftOf(line) }));
}

/**
 * What comes back, and what is given back for it: what these units cost, and no more than `left`, what was paid for the
 * order and neither went back yet nor is claimed; a smaller sum is shared out by what the lines cost. `items` name each
 * product once. Throws a {@link NotBoughtError} for products that the order does not have, an {@link ExceedsOrderError}
 * for more than was bought and not returned yet.
 */
export function goodsBack(lines: readonly BoughtLine[], items: readonly RequestedItem[], left: number): LineBack[] {
  const byProduct = new Map(lines.map((line) => [line.productId, line]));
  const strange = items.flatMap(({ productId }, at) =>
    byProduct.has(productId) ? [] : [{ pointer: `/items/${at}/productId`, detail: 'is not in the order' }],
  );
  if (strange.length > 0) throw new NotBoughtError(strange);
  const faults: ProblemFault[] = [];
  const wanted = items.flatMap(({ productId, quantity }, at) => {
    const line = byProduct.get(productId);
    if (line === undefined) return [];
    if (quantity > leftOf(line)) {
      faults.push({ pointer: `/items/${at}/quantity`, detail: `only ${leftOf(line)} are left to return` });
      return [];
    }
    return [{ position: line.position, productId, quantity, amount: refundOf(line, line.returned, quantity) }];
  });
  if (faults.length > 0 || wanted.length === 0) throw new ExceedsOrderError(faults);
  if (amountOf(wanted) <= left) return wanted;
  const shared = allocate(
    left,
    wanted.map(({ amount }) => amount),
  );
  return wanted.map((line, at) => ({ ...line, amount: shared[at] ?? 0 }));
}

/** Throws a {@link NotDeliveredError} unless all that is left of the order comes back. */
export function assertWhole(lines: readonly BoughtLine[], back: readonly LineBack[]): void {
  const coming = new Map(back.map(({ position, quantity }) => [position, quantity]));
  if (lines.some((line) => leftOf(line) !== (coming.get(line.position) ?? 0))) throw new NotDeliveredError();
}

/** What is given back for all of it. */
export function amountOf(back: readonly LineBack[]): number {
  // Exact: parts of one order's total.
  return back.reduce((sum, { amount }) => sum + amount, 0);
}
