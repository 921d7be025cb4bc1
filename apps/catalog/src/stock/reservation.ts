/**
 * What became of an order's stock. `reserved` is the only state that another follows: `sold` or `released`. `rejected`
 * and `released` are ends, and `released` can come first, as a tombstone, where the order ended before it was heard of.
 */
export type ReservationState = 'reserved' | 'rejected' | 'released' | 'sold';

/** A line of an order as it asks for stock. */
export interface WantedLine {
  readonly productId: string;
  readonly quantity: number;
}

/** What lies on the shelf, read under a lock. */
export interface ShelfLine {
  readonly productId: string;
  readonly available: number;
}

/** A line that cannot be supplied. */
export interface Shortage {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
}

/** Adds up lines of one product. The order is that of the first mention. */
export function mergeLines(lines: readonly WantedLine[]): WantedLine[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    const id = productId.toLowerCase();
    quantities.set(id, (quantities.get(id) ?? 0) + quantity);
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** The lines that the shelf cannot supply: all lines or none, so one is enough to reject. An unknown product has none. */
export function shortagesOf(wanted: readonly WantedLine[], shelf: readonly ShelfLine[]): Shortage[] {
  const available = new Map(shelf.map((line) => [line.productId, line.available]));
  return wanted.flatMap(({ productId, quantity }) => {
    const left = available.get(productId) ?? 0;
    return left >= quantity ? [] : [{ productId, requested: quantity, available: left }];
  });
}
