import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderConfirmed, OrderPlaced, OrderRefunded } from '@lethe/contracts';
import { Pseudonyms } from '../../src/pseudonym/pseudonyms.js';
import { FindSales, FindSalesHandler } from '../../src/report/find-sales.js';
import { FindTopProducts, FindTopProductsHandler } from '../../src/report/find-top-products.js';
import { FindWindows, FindWindowsHandler } from '../../src/window/find-windows.js';
import { Program, delivered } from '../program.fixture.js';
import { RetailComputation } from './retail-computation.js';
import { RETAIL_FILE, type RetailInvoice, type RetailLine, idOf, readInvoices, sells } from './retail-messages.js';

/** How many lines of the file: a slice, so that CI is quick; `LETHE_RETAIL_LINES=541909` for all there are. */
const LINES = Number(process.env['LETHE_RETAIL_LINES'] ?? 20_000);
const period = { from: new Date('2010-01-01'), to: new Date('2012-01-01') };
const money = (amount: number) => ({ amount, currency: 'GBP' });
const sum = (lines: readonly RetailLine[]): number =>
  lines.reduce((all, { quantity, pence }) => all + quantity * pence, 0);
const firstOf = (lines: readonly RetailLine[]): string => lines.map(({ at }) => at).toSorted()[0] ?? '';

/** Tells analytics of an invoice, as orders would, and once more. */
async function tell(program: Program, { invoice, lines }: RetailInvoice): Promise<void> {
  const { orders } = program;
  const sold = lines.filter(sells);
  const orderId = idOf(invoice);
  const placedAt = firstOf(sold);
  if (sold.length > 0) {
    const [{ customer, country } = { customer: '', country: '' }] = sold;
    const buyer = { country, ...(customer === '' ? {} : { customer }) };
    const items = sold.map(({ code, name, quantity, pence }) => ({
      productId: idOf(code),
      sku: code,
      name,
      quantity,
      unitPrice: money(pence),
      category: code.slice(0, 2),
    }));
    const total = money(sum(sold));
    const placed = delivered(OrderPlaced, { orderId, placedAt, total, ...buyer });
    const confirmed = delivered(OrderConfirmed, { orderId, placedAt, confirmedAt: placedAt, total, items, ...buyer });
    await Promise.all([orders.onOrderConfirmed(confirmed), orders.onOrderPlaced(placed)]);
    if (Number(invoice) % 10 === 0) await orders.onOrderConfirmed(confirmed);
  }
}

/** Tells analytics of what came back by an invoice. */
async function tellBack({ orders }: Program, { invoice, lines }: RetailInvoice): Promise<void> {
  const back = lines.filter(({ quantity }) => invoice.startsWith('C') && quantity < 0);
  const orderId = idOf(invoice);
  const placedAt = firstOf(lines);
  if (back.length > 0) {
    const refund = {
      orderId,
      refundId: orderId,
      placedAt,
      refundedAt: placedAt,
      amount: money(-sum(back)),
      full: true,
    };
    await orders.onOrderRefunded(delivered(OrderRefunded, { ...refund, items: [] }));
  }
}

/** So many at a time, in their order, as a consumer has messages in hand. */
async function inTurns<T>(atOnce: number, list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = list.values();
  const turn = async (): Promise<void> => {
    for (const one of waiting) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
}

describe(`Online Retail, ${LINES} lines, told as messages`, () => {
  if (!existsSync(RETAIL_FILE)) {
    it(`SKIPPED, NOTHING IS SHOWN: ${RETAIL_FILE} is absent`, () => {
      expect(existsSync(RETAIL_FILE)).toBe(false);
    });
    return;
  }

  let program: Program;
  let independent: RetailComputation;
  let read: number;
  beforeAll(async () => {
    program = await Program.open();
    const file = await readInvoices(LINES);
    read = file.read;
    await inTurns(500, file.invoices, (invoice) => tell(program, invoice));
    await inTurns(4, file.invoices, (invoice) => tellBack(program, invoice));
    independent = await RetailComputation.of(LINES);
  }, 1_800_000);
  afterAll(() => program.close());

  it('is read whole', async () => {
    expect(await independent.lines()).toEqual([{ lines: read }]);
    expect(read).toBe(LINES);
  });

  it('gives the sales of every day', async () => {
    const { buckets } = await new FindSalesHandler(program.database).execute(new FindSales(period, 'day'));
    const sold = buckets.filter(({ orders }) => orders > 0);

    expect(
      sold.map(({ start, orders, units, revenue }) => ({
        day: start.slice(0, 10),
        orders,
        units,
        amount: revenue.amount,
      })),
    ).toEqual(await independent.salesByDay());
    const back = buckets.flatMap(({ start, refunds, refunded }) =>
      refunds === undefined ? [] : [{ day: start.slice(0, 10), refunds, refunded: refunded?.amount }],
    );
    expect(back).toEqual(await independent.refundsByDay());
  });

  it('gives the 20 products of which most units were sold', async () => {
    const { items } = await new FindTopProductsHandler(program.database).execute(new FindTopProducts(period, 20));

    expect(items.map(({ sku, units, revenue }) => ({ code: sku, units, amount: revenue.amount }))).toEqual(
      await independent.topProducts(),
    );
  });

  it.each(['country', 'category'] as const)('gives units by %s', async (dimension) => {
    const finder = new FindWindowsHandler(program.database);
    const totals = new Map<string, { orders: number; units: number; amount: number }>();
    let cursor: string | undefined;
    do {
      const page = await finder.execute(new FindWindows({ dimension, grain: 'day', period, limit: 1_000, cursor }));
      for (const { key = '', orders, units, revenue } of page.items) {
        const known = totals.get(key) ?? { orders: 0, units: 0, amount: 0 };
        totals.set(key, {
          orders: known.orders + orders,
          units: known.units + units,
          amount: known.amount + revenue.amount,
        });
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const found = [...totals].map(([key, values]) => ({ key, ...values })).toSorted((a, b) => (a.key < b.key ? -1 : 1));

    expect(found).toEqual(dimension === 'country' ? await independent.byCountry() : await independent.byCategory());
  });

  it('S54: knows recency, frequency and money of every customer, by pseudonym', async () => {
    const pseudonyms = new Pseudonyms('test');
    const rows = await program.sql<{ customer: string; latest: Date; orders: number; amount: number }>(
      `SELECT customer, max(placed_at) AS latest, count(*) AS orders, sum(amount)::bigint AS amount
       FROM order_fact WHERE outcome = 'confirmed' AND customer IS NOT NULL GROUP BY customer`,
    );
    const found = new Map(
      rows.map(({ customer, latest, ...rest }) => [customer, { ...rest, latest: latest.toISOString() }]),
    );
    const wanted = (await independent.customers()).map(({ customer, ...rest }) => [
      pseudonyms.of(String(customer)),
      rest,
    ]);

    expect(found).toEqual(new Map(wanted as [string, never][]));
  });

  it('counts what came again, once', async () => {
    const [row] = await program.sql<{ duplicates: number; late: number }>(
      `SELECT sum(duplicates)::bigint AS duplicates, sum(late)::bigint AS late FROM event_source WHERE source = 'orders'`,
    );
    expect(row?.duplicates).toBeGreaterThan(0);
    expect(row?.late).toBeGreaterThanOrEqual(0);
  });
});
