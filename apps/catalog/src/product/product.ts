import type { Product } from '@lethe/contracts';
import { shownImageOf } from '../image/shown-image.js';
import type { ProductVersions } from './entity-tag.js';
import type { ProductRow } from './product.sql.js';

/** A product and the versions that its entity tag is made of. */
export interface VersionedProduct extends ProductVersions {
  readonly product: Product;
}

/** A product as clients see it. */
export function productOf(row: ProductRow): Product {
  const { id, sku, name, description, category, amount, currency, available, images } = row;
  const product = { id, sku, name, description, category, price: { amount, currency }, available };
  return images === null ? product : { ...product, images: images.map(shownImageOf) };
}

export function versionedProductOf(row: ProductRow): VersionedProduct {
  return { product: productOf(row), version: row.version, stockVersion: row.stockVersion };
}
