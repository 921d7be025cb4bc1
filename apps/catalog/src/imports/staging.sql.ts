import { statement } from '@lethe/database';

/** $1 import, $2 SKUs, $3 prices, $4 counts */
export const STAGE_PRICES = statement(
  'catalog.stage-prices',
  `INSERT INTO import_price (import_id, sku, price, count)
   SELECT $1, sku, price, sum(count)
   FROM unnest($2::text[], $3::numeric[], $4::bigint[]) AS staged (sku, price, count)
   GROUP BY sku, price
   ON CONFLICT (import_id, sku, price) DO UPDATE SET count = import_price.count + excluded.count`,
);

/** $1 import, $2 SKUs, $3 names, $4 counts */
export const STAGE_NAMES = statement(
  'catalog.stage-names',
  `INSERT INTO import_name (import_id, sku, name, count)
   SELECT $1, sku, name, count FROM unnest($2::text[], $3::text[], $4::bigint[]) AS staged (sku, name, count)
   ON CONFLICT (import_id, sku, name) DO UPDATE SET count = import_name.count + excluded.count`,
);

/** $1 import, $2 SKUs, $3 units, $4 first lines */
export const STAGE_UNITS = statement(
  'catalog.stage-units',
  `INSERT INTO import_units (import_id, sku, units, line)
   SELECT $1, sku, units, line FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS staged (sku, units, line)
   ON CONFLICT (import_id, sku) DO UPDATE SET units = import_units.units + excluded.units`,
);

/**
 * The first line of a SKU counts; gives the lines that were kept. $1 import, $2 lines, $3 SKUs, $4 names,
 * $5 descriptions, $6 categories, $7 amounts, $8 currencies, $9 units
 */
export const STAGE_PRODUCTS = statement(
  'catalog.stage-products',
  `INSERT INTO import_product (import_id, line, sku, name, description, category, price_amount, currency, units)
   SELECT DISTINCT ON (sku) $1::uuid, line, sku, name, description, category, amount, currency, units
   FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::bigint[])
     AS staged (line, sku, name, description, category, amount, currency, units)
   ORDER BY sku, line
   ON CONFLICT (import_id, sku) DO NOTHING
   RETURNING line`,
);

/** A product as the file gives it, before it is compared with the one in the shop. */
export interface StagedProduct {
  readonly sku: string;
  readonly line: number;
  readonly name: string;
  /** Null where the format knows none. */
  readonly description: string | null;
  readonly category: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly units: number;
}

/**
 * Invoice lines as products, by SKU. The name is the most frequent one, of equals the first in byte order. The price is
 * the median of the positive prices in pence: of `total` prices in ascending order those at (total + 1) / 2 and
 * total / 2 + 1, which are one and the same where the number is odd; their mean, rounded half up. All of it numeric.
 * $1 import, $2 the SKU to begin after, $3 how many
 */
export const PAGE_ONLINE_RETAIL = statement(
  'catalog.page-online-retail',
  `WITH page AS (
     SELECT u.sku, u.units, u.line FROM import_units u
     WHERE u.import_id = $1 AND u.sku > $2
       AND EXISTS (SELECT FROM import_price p WHERE p.import_id = $1 AND p.sku = u.sku)
     ORDER BY u.sku LIMIT $3
   ), counted AS (
     SELECT p.sku, p.price,
            sum(p.count) OVER (PARTITION BY p.sku ORDER BY p.price) AS upto,
            sum(p.count) OVER (PARTITION BY p.sku) AS total
     FROM import_price p JOIN page ON page.sku = p.sku WHERE p.import_id = $1
   ), priced AS (
     SELECT sku, floor((
              min(price) FILTER (WHERE upto >= div(total + 1, 2)) + min(price) FILTER (WHERE upto >= div(total, 2) + 1)
            ) * 100 / 2 + 0.5)::bigint AS amount
     FROM counted GROUP BY sku
   ), named AS (
     SELECT DISTINCT ON (n.sku) n.sku, n.name
     FROM import_name n JOIN page ON page.sku = n.sku WHERE n.import_id = $1
     ORDER BY n.sku, n.count DESC, n.name
   )
   SELECT page.sku, page.line, coalesce(named.name, page.sku) AS name, NULL AS description, NULL AS category,
          priced.amount, 'GBP' AS currency, page.units
   FROM page JOIN priced ON priced.sku = page.sku LEFT JOIN named ON named.sku = page.sku
   ORDER BY page.sku`,
);

/** $1 import, $2 the SKU to begin after, $3 how many */
export const PAGE_PRODUCTS = statement(
  'catalog.page-products',
  `SELECT sku, line, name, description, category, price_amount AS amount, currency, units
   FROM import_product WHERE import_id = $1 AND sku > $2 ORDER BY sku LIMIT $3`,
);

/** What the shop has of these SKUs, locked in the order of ids, the order in which reservations lock. $1 SKUs */
export const LOCK_PRODUCTS = statement(
  'catalog.lock-products',
  `SELECT p.id, p.sku, s.available, s.initial
   FROM product p JOIN stock s ON s.product_id = p.id
   WHERE p.sku = ANY ($1::text[]) AND p.deleted_at IS NULL
   ORDER BY p.id FOR UPDATE`,
);

/**
 * Makes products as the file says: new ones are created, others updated where they differ, so that the same file twice
 * changes no version. Stock moves by the difference between the file's number and that of the file before: sales stay.
 * Gives how many were created, and the ids of all whose description or stock is another now.
 * $1 ids for new products, $2 SKUs, $3 names, $4 descriptions or null, $5 categories, $6 amounts, $7 currencies, $8 units
 */
export const APPLY_PRODUCTS = statement(
  'catalog.apply-products',
  `WITH given AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[])
       AS given (id, sku, name, description, category, amount, currency, units)
   ), changed AS (
     UPDATE product p
     SET name = g.name, description = coalesce(g.description, p.description), category = g.category,
         price_amount = g.amount, currency = g.currency, version = p.version + 1, updated_at = now()
     FROM given g
     WHERE p.sku = g.sku AND p.deleted_at IS NULL
       AND (p.name, p.description, p.category, p.price_amount, p.currency)
         IS DISTINCT FROM (g.name, coalesce(g.description, p.description), g.category, g.amount, g.currency)
     RETURNING p.id
   ), restocked AS (
     UPDATE stock s
     SET available = s.available + g.units - s.initial, initial = g.units, version = s.version + 1
     FROM given g JOIN product p ON p.sku = g.sku AND p.deleted_at IS NULL
     WHERE s.product_id = p.id AND s.initial <> g.units
     RETURNING s.product_id AS id
   ), created AS (
     INSERT INTO product (id, sku, name, description, category, price_amount, currency)
     SELECT g.id, g.sku, g.name, coalesce(g.description, ''), g.category, g.amount, g.currency
     FROM given g WHERE g.id IS NOT NULL
     ON CONFLICT (sku) WHERE deleted_at IS NULL DO NOTHING
     RETURNING id, sku
   ), stocked AS (
     INSERT INTO stock (product_id, available, initial)
     SELECT c.id, g.units, g.units FROM created c JOIN given g ON g.sku = c.sku
   )
   SELECT (SELECT count(*) FROM created)::int AS created,
          ARRAY (SELECT id FROM changed UNION SELECT id FROM restocked UNION SELECT id FROM created) AS touched`,
);

const STAGING_TABLES = ['import_price', 'import_name', 'import_units', 'import_product'] as const;

/** Removes up to $2 rows of the import $1 from each staging table, and gives how many were there. */
export const CLEAN_STAGING = statement(
  'catalog.clean-staging',
  `WITH ${STAGING_TABLES.map(
    (table) => `gone_from_${table} AS (
       DELETE FROM ${table}
       WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE import_id = $1 LIMIT $2)) RETURNING 1
     )`,
  ).join(', ')}
   SELECT (${STAGING_TABLES.map((table) => `(SELECT count(*) FROM gone_from_${table})`).join(' + ')})::int AS gone`,
);
