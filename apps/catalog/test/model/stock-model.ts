import { BackInStock, StockRejected, StockReserved } from '@lethe/contracts';

/** What comes to the catalogue: messages, which may come again, and corrections, which do not. */
export type Input =
  | { readonly kind: 'reserve'; readonly id: string; readonly orderId: string; readonly lines: readonly Line[] }
  | { readonly kind: 'release'; readonly id: string; readonly orderId: string }
  | { readonly kind: 'confirm'; readonly id: string; readonly orderId: string }
  | {
      readonly kind: 'restock';
      readonly id: string;
      readonly orderId: string;
      readonly returnId: string;
      readonly lines: readonly Line[];
    }
  | { readonly kind: 'adjust'; readonly productId: string; readonly delta: number };
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** Units of a product. */
export interface Shelf {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly adjusted: number;
}

/** All that there is to know about stock. Values, so that a model can go several ways. */
export interface Stock {
  readonly shelves: ReadonlyMap<string, Shelf>;
  readonly orders: ReadonlyMap<string, { readonly state: string; readonly lines: readonly Line[] }>;
  readonly returns: ReadonlySet<string>;
  readonly received: ReadonlySet<string>;
  /** What was said, as `type key`, in order. */
  readonly said: readonly string[];
}

/** Stock of products that have so many units. */
export function stockOf(products: ReadonlyMap<string, number>): Stock {
  const shelves = [...products].map(
    ([id, available]) => [id, { available, reserved: 0, sold: 0, adjusted: 0 }] as const,
  );
  return { shelves: new Map(shelves), orders: new Map(), returns: new Set(), received: new Set(), said: [] };
}

/** The stock after an input; undefined where it is refused, and leaves no trace. */
export function after(stock: Stock, input: Input): Stock | undefined {
  if (input.kind === 'adjust') return adjusted(stock, input.productId, input.delta);
  if (stock.received.has(input.id)) return stock;
  const next = acted(stock, input);
  return next && { ...next, received: new Set([...next.received, input.id]) };
}

function acted(stock: Stock, input: Exclude<Input, { kind: 'adjust' }>): Stock | undefined {
  const { orderId } = input;
  const known = stock.orders.get(orderId);
  const lines = known?.lines ?? [];
  if (input.kind === 'reserve') return reserved(stock, orderId, input.lines);
  if (input.kind === 'release') {
    if (known === undefined) return came(stock, orderId, 'released', []);
    if (known.state !== 'reserved') return stock;
    return moved(came(stock, orderId, 'released', lines), lines, { reserved: -1, available: 1 });
  }
  if (input.kind === 'confirm') {
    if (known?.state === 'sold') return stock;
    if (known?.state !== 'reserved') return undefined;
    return moved(came(stock, orderId, 'sold', lines), lines, { reserved: -1, sold: 1 });
  }
  if (known?.state !== 'sold') return undefined;
  if (stock.returns.has(input.returnId)) return stock;
  const returns = new Set([...stock.returns, input.returnId]);
  return moved({ ...stock, returns }, input.lines, { sold: -1, available: 1 });
}

function reserved(stock: Stock, orderId: string, lines: readonly Line[]): Stock {
  const known = stock.orders.get(orderId);
  if (known?.state === 'released') return stock;
  const fits = lines.every(({ productId, quantity }) => (stock.shelves.get(productId)?.available ?? 0) >= quantity);
  const state = known?.state ?? (fits ? 'reserved' : 'rejected');
  const next = known === undefined ? came(stock, orderId, state, lines) : stock;
  const kept = known === undefined && fits ? moved(next, lines, { available: -1, reserved: 1 }) : next;
  return said(kept, `${state === 'rejected' ? StockRejected.type : StockReserved.type} ${orderId}`);
}

function adjusted(stock: Stock, productId: string, delta: number): Stock | undefined {
  const shelf = stock.shelves.get(productId);
  if (shelf === undefined || shelf.available + delta < 0) return undefined;
  return put(stock, productId, { ...shelf, available: shelf.available + delta, adjusted: shelf.adjusted + delta });
}

function moved(
  stock: Stock,
  lines: readonly Line[],
  by: Partial<Record<'available' | 'reserved' | 'sold', number>>,
): Stock {
  return lines.reduce((next, { productId, quantity }) => {
    const shelf = next.shelves.get(productId);
    if (shelf === undefined) return next;
    const { available, reserved: aside, sold } = shelf;
    return put(next, productId, {
      ...shelf,
      available: available + quantity * (by.available ?? 0),
      reserved: aside + quantity * (by.reserved ?? 0),
      sold: sold + quantity * (by.sold ?? 0),
    });
  }, stock);
}

/** A product that has something again, having had nothing, says so. */
function put(stock: Stock, productId: string, shelf: Shelf): Stock {
  const isBack = stock.shelves.get(productId)?.available === 0 && shelf.available > 0;
  const next = { ...stock, shelves: new Map(stock.shelves).set(productId, shelf) };
  return isBack ? said(next, `${BackInStock.type} ${productId}`) : next;
}

const came = (stock: Stock, orderId: string, state: string, lines: readonly Line[]): Stock => ({
  ...stock,
  orders: new Map(stock.orders).set(orderId, { state, lines }),
});

const said = (stock: Stock, what: string): Stock => ({ ...stock, said: [...stock.said, what] });
