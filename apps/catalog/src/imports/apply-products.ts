import type { ImportFormat } from '@lethe/contracts';
import type { Statement, Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { CatalogMovedError } from '../catalog.errors.js';
import { categoryOf } from './format/categories.js';
import { ADVANCE_APPLYING, type Checkpoint } from './import.sql.js';
import { columnsOf, rejectLines } from './stage-lines.js';
import type { Rejection } from './staged-lines.js';
import { APPLY_PRODUCTS, LOCK_PRODUCTS, PAGE_ONLINE_RETAIL, PAGE_PRODUCTS, type StagedProduct } from './staging.sql.js';

const PAGE_OF: Readonly<Record<ImportFormat, Statement>> = {
  'online-retail': PAGE_ONLINE_RETAIL,
  shopify: PAGE_PRODUCTS,
};

interface ShopStock {
  readonly id: string;
  readonly sku: string;
  readonly available: number;
  readonly initial: number;
}

/** What a batch has done: the checkpoint behind it, and the products that are shown otherwise than before. */
export interface AppliedBatch {
  readonly next: Checkpoint | undefined;
  readonly touched: readonly string[];
  /** Those of which none was available, and what is now. */
  readonly back: readonly { readonly productId: string; readonly available: number }[];
}

/**
 * Writes the next products of an import, at most `limit`; undefined where none was
 * left. Throws a {@link CatalogMovedError} where a product with one of the SKUs was created meanwhile.
 */
export async function applyProducts(
  tx: Tx,
  { id, format, appliedSku }: Checkpoint,
  limit: number,
): Promise<AppliedBatch | undefined> {
  const staged = await tx.query<StagedProduct>(PAGE_OF[format], [id, appliedSku, limit]);
  const last = staged.at(-1);
  if (last === undefined) return undefined;
  const rows = await tx.query<ShopStock>(LOCK_PRODUCTS, [staged.map(({ sku }) => sku)]);
  const shop = new Map(rows.map((row) => [row.sku, row]));
  const rejections = staged.flatMap((product) => rejectionOf(product, shop.get(product.sku)));
  const refused = new Set(rejections.map(({ line }) => line));
  const good = staged.filter(({ line }) => !refused.has(line));
  const touched = await write(tx, good, shop);
  await rejectLines(tx, id, rejections);
  const [next] = await tx.query<Checkpoint>(ADVANCE_APPLYING, [id, last.sku, good.length]);
  return { next, touched, back: good.flatMap((product) => backOf(product, shop.get(product.sku))) };
}

/** A smaller stock than before may not take back what orders already have. */
function rejectionOf({ line, sku, units }: StagedProduct, shop: ShopStock | undefined): Rejection[] {
  if (shop === undefined || shop.available + units - shop.initial >= 0) return [];
  const gone = shop.initial - shop.available;
  return [{ line, reason: `the stock of ${sku} would fall below zero: ${units} in the file, ${gone} gone already` }];
}

/** Locked since it was read, so nobody else sees the same product come back. A new one was never away. */
function backOf({ units }: StagedProduct, shop: ShopStock | undefined): AppliedBatch['back'] {
  if (shop === undefined || shop.available > 0 || units <= shop.initial) return [];
  return [{ productId: shop.id, available: units - shop.initial }];
}

async function write(
  tx: Tx,
  products: readonly StagedProduct[],
  shop: ReadonlyMap<string, ShopStock>,
): Promise<readonly string[]> {
  const given = products.map((product) => ({
    ...product,
    id: shop.has(product.sku) ? null : uuidv7(),
    category: product.category ?? categoryOf(product.name),
  }));
  const values = columnsOf(given, 'id', 'sku', 'name', 'description', 'category', 'amount', 'currency', 'units');
  const [result] = await tx.query<{ created: number; touched: string[] }>(APPLY_PRODUCTS, values);
  const expected = given.filter(({ id }) => id !== null).length;
  if (result?.created !== expected) throw new CatalogMovedError('a product of the file was created meanwhile');
  return result.touched;
}
