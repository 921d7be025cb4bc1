import type { Cart } from '@lethe/contracts';
import { CartFullError } from '../orders.errors.js';

/** So many different products fit a cart. */
export const MAX_CART_ITEMS = 200;

export type CartItems = Cart['items'];

/** A customer's cart. Its version grows with every change and never starts again. */
export interface VersionedCart {
  readonly items: CartItems;
  /** 0 for a cart that never was. */
  readonly version: number;
}

/**
 * So much of the product, at its old place, or at the end where it is new; the same array where nothing changes.
 * Throws a {@link CartFullError}.
 */
export function withItem(items: CartItems, productId: string, quantity: number): CartItems {
  const at = items.findIndex((item) => item.productId === productId);
  if (items[at]?.quantity === quantity) return items;
  if (at >= 0) return items.with(at, { productId, quantity });
  if (items.length >= MAX_CART_ITEMS) throw new CartFullError(MAX_CART_ITEMS);
  return [...items, { productId, quantity }];
}

/** Without the product; the same array where it was not there. */
export function withoutItem(items: CartItems, productId: string): CartItems {
  return items.some((item) => item.productId === productId)
    ? items.filter((item) => item.productId !== productId)
    : items;
}
