import type { Tx } from '@lethe/database';
import { REJECT_LINES } from './import.sql.js';
import type { ProductLine, Rejection, StagedLines } from './staged-lines.js';
import { STAGE_NAMES, STAGE_PRICES, STAGE_PRODUCTS, STAGE_UNITS } from './staging.sql.js';

/** Rejections that an import keeps by line; beyond, they are only counted. */
export const MAX_KEPT_REJECTIONS = 10_000;

/** Writes rejections in the order of their lines. */
export async function rejectLines(tx: Tx, importId: string, rejections: readonly Rejection[]): Promise<void> {
  if (rejections.length === 0) return;
  const sorted = [...rejections].sort((a, b) => a.line - b.line);
  await tx.query(REJECT_LINES, [
    importId,
    sorted.map(({ line }) => line),
    sorted.map(({ reason }) => reason),
    MAX_KEPT_REJECTIONS,
  ]);
}

/** Adds a chunk of lines to what an import has staged so far. */
export async function stageLines(tx: Tx, importId: string, lines: StagedLines): Promise<void> {
  const { prices, names, units, products, rejections } = lines;
  const again = await stageProducts(tx, importId, products);
  if (units.length > 0) {
    await tx.query(STAGE_PRICES, [importId, ...columnsOf(prices, 'sku', 'price', 'count')]);
    await tx.query(STAGE_NAMES, [importId, ...columnsOf(names, 'sku', 'name', 'count')]);
    await tx.query(STAGE_UNITS, [importId, ...columnsOf(units, 'sku', 'units', 'line')]);
  }
  await rejectLines(tx, importId, [...rejections, ...again]);
}

/** Writes product lines and gives those whose SKU an earlier line has taken. */
async function stageProducts(tx: Tx, importId: string, products: readonly ProductLine[]): Promise<Rejection[]> {
  if (products.length === 0) return [];
  const values = columnsOf(products, 'line', 'sku', 'name', 'description', 'category', 'price', 'currency', 'units');
  const kept = new Set(
    (await tx.query<{ line: number }>(STAGE_PRODUCTS, [importId, ...values])).map(({ line }) => line),
  );
  return products
    .filter(({ line }) => !kept.has(line))
    .map(({ line }) => ({ line, reason: 'the SKU stands on an earlier line' }));
}

/** Rows as columns, for `unnest`. */
export function columnsOf<Row>(rows: readonly Row[], ...keys: (keyof Row)[]): unknown[][] {
  return keys.map((key) => rows.map((row) => row[key]));
}
