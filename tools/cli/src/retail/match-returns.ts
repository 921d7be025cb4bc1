import type { CancelledLine, RetailInvoice } from './retail-file.js';

/** Goods of one sale that came back by one cancellation. */
export interface MatchedReturn {
  /** Of the cancellation. */
  readonly number: string;
  /** Of the sale. */
  readonly invoice: string;
  readonly at: string;
  /** Units by stock code. */
  readonly units: ReadonlyMap<string, number>;
}

/** Why units of a cancellation belong to no sale. */
export type Unmatched = 'no customer' | 'never bought before' | 'more than was bought';

export interface Matching {
  readonly returns: readonly MatchedReturn[];
  /** Units that belong to no sale of the period, by reason. */
  readonly unmatched: Readonly<Record<Unmatched, number>>;
}

interface Sale {
  readonly invoice: string;
  readonly at: string;
  left: number;
}

/**
 * Finds the sales that cancellations undo: the file does not say. Units come back to the latest earlier sale of the same
 * product to the same customer that still has some, then to the one before it; a unit comes back once.
 */
export function matchReturns(invoices: readonly RetailInvoice[], cancelled: readonly CancelledLine[]): Matching {
  const sales = salesByBuyer(invoices);
  const returns = new Map<string, { number: string; invoice: string; at: string; units: Map<string, number> }>();
  const unmatched = { 'no customer': 0, 'never bought before': 0, 'more than was bought': 0 };
  for (const line of cancelled.toSorted((a, b) => a.at.localeCompare(b.at))) {
    const { number, at, customer, code } = line;
    if (customer === '') {
      unmatched['no customer'] += line.quantity;
      continue;
    }
    const earlier = (sales.get(`${customer} ${code}`) ?? []).filter((sale) => sale.at <= at).toReversed();
    let open = line.quantity;
    for (const sale of earlier) {
      const taken = Math.min(open, sale.left);
      if (taken === 0) continue;
      sale.left -= taken;
      open -= taken;
      const key = `${number} ${sale.invoice}`;
      const matched = returns.get(key) ?? { number, invoice: sale.invoice, at, units: new Map<string, number>() };
      matched.units.set(code, (matched.units.get(code) ?? 0) + taken);
      returns.set(key, matched);
    }
    unmatched[earlier.length === 0 ? 'never bought before' : 'more than was bought'] += open;
  }
  return { returns: [...returns.values()], unmatched };
}

/** Sales of a product to a customer, the earliest first. */
function salesByBuyer(invoices: readonly RetailInvoice[]): Map<string, Sale[]> {
  const sales = new Map<string, Sale[]>();
  for (const { number: invoice, placedAt: at, customer, units } of invoices) {
    if (customer === '') continue;
    for (const [code, left] of units) {
      const key = `${customer} ${code}`;
      sales.set(key, [...(sales.get(key) ?? []), { invoice, at, left }]);
    }
  }
  for (const list of sales.values()) list.sort((a, b) => a.at.localeCompare(b.at));
  return sales;
}
