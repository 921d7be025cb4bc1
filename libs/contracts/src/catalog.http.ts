import { z } from 'zod';
import { idSchema, moneySchema } from './values.js';

const sku = z.string().trim().min(1).max(64);
const name = z.string().trim().min(1).max(300);
const description = z.string().max(10_000);
const category = z.string().trim().min(1).max(100);
const price = moneySchema.refine(({ amount }) => amount >= 0, { message: 'must not be negative', path: ['amount'] });

export const productSchema = z
  .object({ id: idSchema, sku, name, description, category, price: moneySchema, available: z.int().min(0) })
  .meta({ id: 'Product' });
export const productPageSchema = z
  .object({ items: z.array(productSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'ProductPage' });

export const productQuerySchema = z.strictObject({
  q: z.string().trim().max(200).optional(),
  category: category.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

export const createProductSchema = z.strictObject({
  sku,
  name,
  description: description.default(''),
  category: category.default('general'),
  price,
  available: z.int().min(0).max(1_000_000_000).default(0),
});
export const patchProductSchema = z
  .strictObject({
    name: name.optional(),
    description: description.optional(),
    category: category.optional(),
    price: price.optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'at least one member');
export const adjustStockSchema = z.strictObject({ delta: z.int().min(-1_000_000_000).max(1_000_000_000) });

/** What orders asks catalog before it places an order: what these products are and cost now. */
export const quoteRequestSchema = z.strictObject({ productIds: z.array(idSchema).min(1).max(2_000) });
export const quoteSchema = z
  .object({
    items: z.array(productSchema.pick({ id: true, sku: true, name: true, price: true })),
    missing: z.array(idSchema),
  })
  .meta({ id: 'Quote' });

export const importFormatSchema = z.enum(['shopify', 'online-retail']);
export const importQuerySchema = z.strictObject({ format: importFormatSchema });
export const importSchema = z
  .object({
    id: idSchema,
    status: z.enum(['pending', 'running', 'completed', 'failed']),
    rows: z.int().describe('Lines of data read so far.'),
    imported: z.int().describe('Products created or updated.'),
    rejectedCount: z.int(),
    rejected: z
      .array(z.object({ line: z.int(), reason: z.string() }))
      .describe('The first 10,000 rejected lines, by line number.'),
    failure: z.string().optional().describe('Why the whole file failed.'),
  })
  .meta({ id: 'Import' });

export type Product = z.output<typeof productSchema>;
export type ProductPage = z.output<typeof productPageSchema>;
export type Quote = z.output<typeof quoteSchema>;
export type ImportFormat = z.output<typeof importFormatSchema>;
export type Import = z.output<typeof importSchema>;
