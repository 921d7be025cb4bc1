import { Client } from 'pg';

/** Days that the facts are spread over, evenly, and products in them; the currency and the category are one. */
export const [DAYS, PRODUCTS] = [120, 50];
/** Orders of one statement, so that progress can be told. */
const CHUNK = 500_000;
const TABLES = ['order_fact', 'order_line_fact'] as const;
const WINDOWS = ['sales_window', 'product_window'] as const;

const PLACED_AT = `LATERAL (SELECT timestamptz '2026-01-01Z' + n * (interval '${DAYS} days' / $3::float8) AS at) t`;
const ORDER_ID = `lpad(to_hex(n), 32, '0')::uuid`;
/** $1 orders from, $2 to, $3 of how many. */
const ORDERS = `
INSERT INTO order_fact (order_id, placed_at, outcome, confirmed_at, lines, units, amount, currency, country)
SELECT ${ORDER_ID}, t.at, 'confirmed', t.at, 2, 4, 1000, 'GBP', (ARRAY['GB', 'FR', 'DE', 'IE'])[n % 4 + 1]
FROM generate_series($1::bigint, $2::bigint) AS n, ${PLACED_AT}`;
/** Two different products in each order. */
const LINES = `
INSERT INTO order_line_fact (order_id, position, product_id, sku, name, placed_at, units, amount, currency, category)
SELECT ${ORDER_ID}, l, md5('p' || (n * 7 + l) % ${PRODUCTS})::uuid, 'sku', 'PRODUCT', t.at, 2, 500, 'GBP', 'c'
FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 2) AS l, ${PLACED_AT}`;

const bin = (grain: string, time: string): string =>
  grain === 'month' ? `date_trunc('month', ${time}, 'UTC')` : `date_bin('1 ${grain}', ${time}, timestamptz 'epoch')`;
const grains = (...names: readonly string[]): string =>
  `LATERAL (VALUES ${names.map((name) => `('${name}'::window_grain, ${bin(name, 'f.at')})`).join(', ')}) AS g (grain, start)`;
const SALES = `INSERT INTO sales_window (dimension, grain, start, key, currency, orders, units, amount, refunds, refunded)`;

/**
 * The windows of these facts, as the triggers would have counted them: by minute first, which leaves little to count;
 * in the order of time, as they come to lie. */
const COUNTED = [
  `${SALES}
   SELECT d.dimension, g.grain, g.start, d.key, d.currency, sum(f.orders), sum(f.units * d.sold), sum(f.amount * d.sold), 0, 0
   FROM (SELECT ${bin('minute', 'placed_at')} AS at, country, currency, count(*) AS orders, sum(units) AS units, sum(amount) AS amount
         FROM order_fact GROUP BY 1, 2, 3) f,
     LATERAL (VALUES ('all', '', f.currency, 1), ('country', f.country, f.currency, 1), ('outcome', 'confirmed', '', 0))
       AS d (dimension, key, currency, sold), ${grains('minute', 'hour', 'day')}
   GROUP BY 1, 2, 3, 4, 5 ORDER BY g.start, g.grain`,
  `${SALES}
   SELECT 'category', g.grain, g.start, f.category, f.currency, sum(f.lines) / 2, sum(f.units), sum(f.amount), 0, 0
   FROM (SELECT ${bin('minute', 'placed_at')} AS at, category, currency, count(*) AS lines, sum(units) AS units, sum(amount) AS amount
         FROM order_line_fact GROUP BY 1, 2, 3) f, ${grains('minute', 'hour', 'day')}
   GROUP BY 1, 2, 3, 4, 5 ORDER BY g.start, g.grain`,
  `INSERT INTO product_window (grain, start, product_id, currency, orders, units, amount)
   SELECT g.grain, g.start, f.product_id, f.currency, sum(f.orders), sum(f.units), sum(f.amount)
   FROM (SELECT ${bin('hour', 'placed_at')} AS at, product_id, currency, count(*) AS orders, sum(units) AS units, sum(amount) AS amount
         FROM order_line_fact GROUP BY 1, 2, 3) f, ${grains('hour', 'day', 'month')}
   GROUP BY 1, 2, 3, 4 ORDER BY g.start, g.grain`,
];

/**
 * Fills the tables of analytics with so many lines of confirmed orders and their windows: without triggers, log and
 * indexes, which come afterwards. Ten million take some two minutes.
 */
export async function seedFacts(url: string, lines: number, progress: (line: string) => void): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET session_replication_role = replica; SET synchronous_commit = off;
      SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'`);
    const indexes = await dropIndexes(client);
    for (const table of TABLES) await client.query(`ALTER TABLE ${table} SET UNLOGGED`);
    const orders = lines / 2;
    for (let from = 1; from <= orders; from += CHUNK) {
      const range = [from, Math.min(from + CHUNK - 1, orders), orders];
      for (const text of [ORDERS, LINES]) await client.query(text, range);
      progress(`${(Math.min(from + CHUNK - 1, orders) * 2).toLocaleString('en')} facts written`);
    }
    for (const text of [...indexes, ...COUNTED]) await client.query(text);
    for (const table of [...TABLES, ...WINDOWS]) await client.query(`VACUUM (ANALYZE) ${table}`);
    // What goes on afterwards is not to be what is measured.
    await client.query('CHECKPOINT');
    progress('indexed and counted');
  } finally {
    await client.end();
  }
}

/** Drops the indexes that are no keys, and gives what makes them again. */
async function dropIndexes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ readonly name: string; readonly text: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS text FROM pg_index i
     WHERE i.indrelid = ANY ($1::regclass[]) AND NOT i.indisprimary AND NOT i.indisunique`,
    [TABLES],
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ text }) => text);
}
