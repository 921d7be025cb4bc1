/** The buckets of a time, as rows of (grain, start). */
const grains = (time: string, ...names: readonly ('minute' | 'hour' | 'day' | 'month')[]): string => {
  const start = (name: string): string =>
    name === 'month' ? `date_trunc('month', ${time}, 'UTC')` : `date_bin('1 ${name}', ${time}, timestamptz 'epoch')`;
  return `(VALUES ${names.map((name) => `('${name}'::window_grain, ${start(name)})`).join(', ')}) AS g (grain, start)`;
};

const INTO_SALES = `INSERT INTO sales_window AS w (dimension, grain, start, key, currency, orders, units, amount, refunds, refunded)`;
const ADD_TO_SALES = `ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (dimension, grain, start, key, currency) DO UPDATE SET orders = w.orders + excluded.orders,
    units = w.units + excluded.units, amount = w.amount + excluded.amount,
    refunds = w.refunds + excluded.refunds, refunded = w.refunded + excluded.refunded`;

/** Sales, altogether and by country. `rows`: orders that are confirmed now and were not before. */
export const countSold = (rows: string): string => `
${INTO_SALES}
SELECT d.dimension, g.grain, g.start, d.key, o.currency, count(*), sum(o.units), sum(o.amount), 0, 0
FROM (${rows}) o
CROSS JOIN LATERAL (VALUES ('all', ''), ('country', coalesce(o.country, ''))) AS d (dimension, key)
CROSS JOIN LATERAL ${grains('o.placed_at', 'minute', 'hour', 'day')}
GROUP BY 1, 2, 3, 4, 5
${ADD_TO_SALES}`;

/** Orders by what became of them. `rows`: placed_at, outcome, and by how much its number changes. */
export const countOutcomes = (rows: string): string => `
${INTO_SALES}
SELECT 'outcome', g.grain, g.start, o.outcome::text, '', sum(o.change), 0, 0, 0, 0
FROM (${rows}) o
CROSS JOIN LATERAL ${grains('o.placed_at', 'minute', 'hour', 'day')}
GROUP BY 1, 2, 3, 4, 5 HAVING sum(o.change) <> 0
${ADD_TO_SALES}`;

/** Sales by category. `rows`: lines that are new, all those of an order at once. */
export const countCategories = (rows: string): string => `
${INTO_SALES}
SELECT 'category', g.grain, g.start, coalesce(l.category, ''), l.currency, count(DISTINCT l.order_id), sum(l.units),
  sum(l.amount), 0, 0
FROM (${rows}) l
CROSS JOIN LATERAL ${grains('l.placed_at', 'minute', 'hour', 'day')}
GROUP BY 1, 2, 3, 4, 5
${ADD_TO_SALES}`;

/** Sales by product. `rows` as of {@link countCategories}. */
export const countProducts = (rows: string): string => `
INSERT INTO product_window AS w (grain, start, product_id, currency, orders, units, amount)
SELECT g.grain, g.start, l.product_id, l.currency, count(DISTINCT l.order_id), sum(l.units), sum(l.amount)
FROM (${rows}) l
CROSS JOIN LATERAL ${grains('l.placed_at', 'hour', 'day', 'month')}
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
ON CONFLICT (grain, start, product_id, currency) DO UPDATE SET orders = w.orders + excluded.orders,
  units = w.units + excluded.units, amount = w.amount + excluded.amount`;

/** Money that went back, by when it did. `rows`: refunds that are new. */
export const countRefunds = (rows: string): string => `
${INTO_SALES}
SELECT 'all', g.grain, g.start, '', r.currency, 0, 0, 0, count(*), sum(r.amount)
FROM (${rows}) r
CROSS JOIN LATERAL ${grains('r.refunded_at', 'minute', 'hour', 'day')}
GROUP BY 1, 2, 3, 4, 5
${ADD_TO_SALES}`;

/** Orders of which something came back, by when they were placed, each once. `rows`: order_id, placed_at. */
export const countCameBack = (what: 'returned' | 'refunded', rows: string): string => `
WITH first AS (
  INSERT INTO order_came_back (order_id, what, placed_at)
  SELECT DISTINCT ON (order_id) order_id, '${what}', placed_at FROM (${rows}) r ORDER BY order_id
  ON CONFLICT DO NOTHING RETURNING placed_at)
${INTO_SALES}
SELECT '${what}', g.grain, g.start, '', '', count(*), 0, 0, 0, 0
FROM first CROSS JOIN LATERAL ${grains('first.placed_at', 'minute', 'hour', 'day')}
GROUP BY 1, 2, 3, 4, 5
${ADD_TO_SALES}`;
