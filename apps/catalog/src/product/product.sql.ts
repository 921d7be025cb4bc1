import { statement } from '@lethe/database';
import type { StoredImage } from '../image/shown-image.js';

/**
 * A product as every reading statement gives it; `p` is product, `s` its stock. Both numbers behind `stockVersion` only
 * grow, so their sum stands for one state of what is shown of stock and images.
 */
const shown = (images: string): string => `
  p.id, p.sku, p.name, p.description, p.category, p.price_amount AS amount, p.currency, p.version,
  s.available, s.version + p.images_version AS "stockVersion", ${images} AS images`;
const SHOWN = shown('p.images');
/** Pages show the first image of each product, so that they stay small. */
const LISTED = shown('CASE WHEN p.images IS NOT NULL THEN jsonb_build_array(p.images -> 0) END');

export interface ProductRow {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  readonly version: number;
  readonly available: number;
  readonly stockVersion: number;
  /** Null without. */
  readonly images: readonly StoredImage[] | null;
}
export interface RankedProductRow extends ProductRow {
  readonly rank: number;
}

/** $1 id */
export const FIND_PRODUCT = statement(
  'catalog.find-product',
  `SELECT ${SHOWN} FROM product p JOIN stock s ON s.product_id = p.id WHERE p.id = $1 AND p.deleted_at IS NULL`,
);

/** $1 the id to begin after, $2 how many */
export const LIST_PRODUCTS = statement(
  'catalog.list-products',
  `SELECT ${LISTED}
   FROM product p JOIN stock s ON s.product_id = p.id
   WHERE p.deleted_at IS NULL AND p.id > $1
   ORDER BY p.id LIMIT $2`,
);

/** $1 the id to begin after, $2 how many, $3 category */
export const LIST_CATEGORY = statement(
  'catalog.list-category',
  `SELECT ${LISTED}
   FROM product p JOIN stock s ON s.product_id = p.id
   WHERE p.deleted_at IS NULL AND p.category = $3 AND p.id > $1
   ORDER BY p.id LIMIT $2`,
);

/**
 * Full text, best first. $1 and $2 rank and id to begin after, $3 how many, $4 category or null,
 * $5 the search text, $6 the beginning of a word (letters and digits) or null.
 * Ranks are whole millionths, so that a cursor holds them exactly.
 */
export const SEARCH_TEXT = statement(
  'catalog.search-text',
  `WITH asked AS MATERIALIZED (
     SELECT websearch_to_tsquery('english', $5)
         && CASE WHEN $6::text IS NULL THEN ''::tsquery ELSE to_tsquery('english', $6 || ':*') END AS query
   ), ranked AS (
     SELECT p.id, (ts_rank(p.search, asked.query) * 1000000)::int AS rank
     FROM asked JOIN product p ON p.search @@ asked.query
     WHERE p.deleted_at IS NULL AND ($4::text IS NULL OR p.category = $4)
   ), page AS (
     SELECT id, rank FROM ranked
     WHERE rank < $1::int OR (rank = $1 AND id > $2::uuid)
     ORDER BY rank DESC, id LIMIT $3
   )
   SELECT ${LISTED}, page.rank
   FROM page JOIN product p ON p.id = page.id JOIN stock s ON s.product_id = p.id
   ORDER BY page.rank DESC, p.id`,
);

/** How alike a name and a search text must be: the share of trigrams in common, $1 as text. For this transaction only. */
export const SET_LIKENESS = statement(
  'catalog.set-likeness',
  `SELECT set_config('pg_trgm.strict_word_similarity_threshold', $1, true)`,
);

/** Misspelt words: names with words like those of the text, likest first. Parameters as {@link SEARCH_TEXT}, without $6. */
export const SEARCH_SIMILAR = statement(
  'catalog.search-similar',
  `WITH ranked AS (
     SELECT p.id, (strict_word_similarity($5, p.name) * 1000000)::int AS rank
     FROM product p
     WHERE $5 <<% p.name AND p.deleted_at IS NULL AND ($4::text IS NULL OR p.category = $4)
   ), page AS (
     SELECT id, rank FROM ranked
     WHERE rank < $1::int OR (rank = $1 AND id > $2::uuid)
     ORDER BY rank DESC, id LIMIT $3
   )
   SELECT ${LISTED}, page.rank
   FROM page JOIN product p ON p.id = page.id JOIN stock s ON s.product_id = p.id
   ORDER BY page.rank DESC, p.id`,
);

/** $1 ids */
export const QUOTE_PRODUCTS = statement(
  'catalog.quote-products',
  `SELECT id, sku, name, category, price_amount AS amount, currency
   FROM product WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL`,
);
export type QuoteRow = Pick<ProductRow, 'id' | 'sku' | 'name' | 'category' | 'amount' | 'currency'>;

/** No row where the SKU is taken. $1 id, $2 sku, $3 name, $4 description, $5 category, $6 amount, $7 currency, $8 units */
export const CREATE_PRODUCT = statement(
  'catalog.create-product',
  `WITH p AS (
     INSERT INTO product (id, sku, name, description, category, price_amount, currency)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (sku) WHERE deleted_at IS NULL DO NOTHING
     RETURNING *
   ), s AS (
     INSERT INTO stock (product_id, available, initial) SELECT p.id, $8, $8 FROM p RETURNING *
   )
   SELECT ${SHOWN} FROM p JOIN s ON s.product_id = p.id`,
);

/**
 * No row where the product is unknown or has another version. $1 id, $2 versions it may have or null for any,
 * $3 name, $4 description, $5 category, $6 amount, $7 currency, each null to keep what is there.
 */
export const PATCH_PRODUCT = statement(
  'catalog.patch-product',
  `UPDATE product p
   SET name = coalesce($3, p.name), description = coalesce($4, p.description), category = coalesce($5, p.category),
       price_amount = coalesce($6, p.price_amount), currency = coalesce($7, p.currency),
       version = p.version + 1, updated_at = now()
   FROM stock s
   WHERE p.id = $1 AND s.product_id = p.id AND p.deleted_at IS NULL AND ($2::int[] IS NULL OR p.version = ANY ($2))
   RETURNING ${SHOWN}`,
);

/** The row stays: orders refer to it. No row where it is unknown or has another version. $1 id, $2 as above. */
export const DELETE_PRODUCT = statement(
  'catalog.delete-product',
  `UPDATE product SET deleted_at = now(), version = version + 1
   WHERE id = $1 AND deleted_at IS NULL AND ($2::int[] IS NULL OR version = ANY ($2))
   RETURNING id`,
);
