import type { Tx } from '@lethe/database';
import { PreconditionFailedError, ProductNotFoundError } from '../../catalog.errors.js';
import { FIND_PRODUCT } from '../product.sql.js';

/** Why a write by version met no row: the product is gone or was never there, or it has another version. */
export async function whyMissed(tx: Tx, id: string): Promise<ProductNotFoundError | PreconditionFailedError> {
  const [known] = await tx.query(FIND_PRODUCT, [id]);
  return known === undefined ? new ProductNotFoundError(id) : new PreconditionFailedError();
}
