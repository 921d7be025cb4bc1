import pg from 'pg';

/** Orders of each customer in the table, whatever its size: what their list has to show is the same. */
const ORDERS_PER_CUSTOMER = 20;
const BATCH = 50_000;

/** The customers of a table of so many orders. */
export const customersOf = (orders: number): number => Math.ceil(orders / ORDERS_PER_CUSTOMER);
export const customerName = (at: number): string => `customer-${at}`;

/** `$1`-`$2` of `$3` orders of `$4` customers, ten seconds apart up to now. */
const INSERT_ORDERS = `INSERT INTO orders
     (id, customer_id, status, currency, total, subtotal, payment_token, placed_at, version)
   SELECT uuidv7((n - $3::int) * interval '10 seconds'), 'customer-' || (n % $4::int), 'confirmed', 'GBP', 1530, 1530,
     'tok_visa', now() + (n - $3::int) * interval '10 seconds', 4
   FROM generate_series($1::int, $2::int) n`;
const INSERT_LINES = `INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
   SELECT o.id, n, md5((random() * 4000)::int::text)::uuid, 'SKU-' || n, 'WHITE HANGING HEART T-LIGHT HOLDER', 2, 255 * n
   FROM orders o, generate_series(1, 2) n`;
const INSERT_HISTORY = `INSERT INTO order_history (order_id, version, status, at, actor, cause)
   SELECT o.id, n, (ARRAY['pending', 'reserved', 'paid', 'confirmed'])[n], o.placed_at, 'service:orders', 'bench'
   FROM orders o, generate_series(1, 4) n`;

/**
 * Fills the tables of orders with confirmed orders of two lines and four rows of history each, a customer's spread over
 * all of the time, and leaves them as they are after a vacuum: statistics, visibility map and all.
 */
export async function seedOrders(url: string, orders: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Rows that refer to each other by construction: to look each up took most of the time.
    await client.query('SET session_replication_role = replica');
    for (let from = 1; from <= orders; from += BATCH) {
      const to = Math.min(orders, from + BATCH - 1);
      await client.query(INSERT_ORDERS, [from, to, orders, customersOf(orders)]);
    }
    await client.query(INSERT_LINES);
    await client.query(INSERT_HISTORY);
    await client.query('VACUUM (ANALYZE) orders, order_line, order_history');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
