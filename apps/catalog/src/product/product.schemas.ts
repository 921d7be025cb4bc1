import {
  adjustStockSchema,
  createProductSchema,
  idSchema,
  patchProductSchema,
  productQuerySchema,
} from '@lethe/contracts';
import { isCurrency } from '@lethe/kernel';
import { type z } from 'zod';

interface Report {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void;
}

/** Postgres stores every character but NUL, so a text with one is refused here and not there. */
function refuseNul(value: Readonly<Record<string, unknown>>, report: Report): void {
  for (const [member, text] of Object.entries(value)) {
    if (typeof text !== 'string' || !text.includes('\0')) continue;
    report.addIssue({ code: 'custom', path: [member], message: 'must not contain the character NUL' });
  }
}

const inUse = ({ price }: { readonly price?: { readonly currency: string } | undefined }): boolean =>
  price === undefined || isCurrency(price.currency);
const notInUse = { path: ['price', 'currency'], message: 'is no currency in use (ISO 4217)' };

/** Body of `POST /catalog/products`. */
export const createProductBody = createProductSchema.superRefine(refuseNul).refine(inUse, notInUse);
/** Body of `PATCH /catalog/products/{id}`. */
export const patchProductBody = patchProductSchema.superRefine(refuseNul).refine(inUse, notInUse);
/** Body of `POST /catalog/products/{id}/stock`. */
export const adjustStockBody = adjustStockSchema.superRefine(refuseNul);
/** Query of `GET /catalog/products`. */
export const productQuery = productQuerySchema.superRefine(refuseNul);
/** A path names things by UUID; anything else names nothing. */
export const pathId = idSchema;

export type CreateProductBody = z.output<typeof createProductBody>;
export type PatchProductBody = z.output<typeof patchProductBody>;
export type ProductQuery = z.output<typeof productQuery>;
