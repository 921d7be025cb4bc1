import { z } from 'zod';
import { shownImageTypes, uploadedImageTypes } from './images.js';
import { idSchema, moneySchema, timeSchema } from './values.js';

const sku = z.string().trim().min(1).max(64);
const name = z.string().trim().min(1).max(300);
const description = z.string().max(10_000);
const category = z.string().trim().min(1).max(100);
const price = moneySchema.refine(({ amount }) => amount >= 0, { message: 'must not be negative', path: ['amount'] });

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): K[] => Object.keys(record) as K[];
const pixels = z.int().min(1);

export const imageSizeSchema = z.object({
  width: pixels,
  height: pixels,
  type: z.enum(keysOf(shownImageTypes)),
  url: z.string().describe('A path of the store, `/catalog/images/…`. What is behind it never changes.'),
});
export const shownImageSchema = z
  .object({ id: idSchema, sizes: z.array(imageSizeSchema).describe('The narrowest first.') })
  .meta({ id: 'ShownImage' });

export const productSchema = z
  .object({
    id: idSchema,
    sku,
    name,
    description,
    category,
    price: moneySchema,
    available: z.int().min(0),
    images: z
      .array(shownImageSchema)
      .optional()
      .describe('Those that can be shown, oldest first; pages of products have the first alone. Absent without.'),
  })
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
/** Why stock is corrected by hand. */
export const stockReasonSchema = z.enum(['delivery', 'return', 'count', 'damage', 'loss', 'correction']);
export const adjustStockSchema = z.strictObject({
  delta: z.int().min(-1_000_000_000).max(1_000_000_000),
  reason: stockReasonSchema.optional().describe('Default correction.'),
  note: z.string().trim().min(1).max(500).optional(),
});
export const stockQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/)
    .optional(),
});
export const stockSchema = z
  .object({
    productId: idSchema,
    available: z.int().min(0),
    reserved: z.int().min(0),
    sold: z.int().min(0),
    initial: z.int().min(0).describe('What the product came with.'),
    adjusted: z.int().describe('The sum of the journal: available + reserved + sold = initial + adjusted.'),
    items: z
      .array(
        z.object({
          at: timeSchema,
          actor: z.string().describe('`user:<id>@<issuer>` or `service:<name>`.'),
          delta: z.int(),
          reason: z.string().describe('One of those of a correction; later versions may know more.'),
          note: z.string().optional(),
          available: z.int().min(0).describe('What was available after it.'),
        }),
      )
      .describe('A page of the journal of corrections by hand, the newest first.'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Stock' });

export const uploadedImageTypeSchema = z.enum(keysOf(uploadedImageTypes));
export const addImageSchema = z.strictObject({ type: uploadedImageTypeSchema });
export const imageUploadSchema = z
  .object({
    imageId: idSchema,
    url: z.string().describe('Where the form is posted: multipart/form-data, the fields first, `file` last.'),
    fields: z.record(z.string(), z.string()),
    maxBytes: z.int(),
    expiresAt: timeSchema.describe('When an upload must have begun.'),
  })
  .meta({ id: 'ImageUpload' });
/** Why an upload is no image of a product. */
export const imageRefusalSchema = z.enum([
  'too-large',
  'not-an-image',
  'type-mismatch',
  'damaged',
  'trailing-data',
  'too-many-pixels',
]);
export const imageSchema = z
  .object({
    id: idSchema,
    type: uploadedImageTypeSchema,
    status: z.enum(['pending', 'ready', 'refused']),
    reason: z.string().optional().describe('Why it was refused; later versions may know more reasons.'),
    sizes: z.array(imageSizeSchema).optional(),
  })
  .meta({ id: 'Image' });
export const imageListSchema = z.object({ items: z.array(imageSchema) }).meta({ id: 'ImageList' });

/** What became of an upload, as the function that looked at it tells catalog. */
export const imageReportSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ready'),
    digest: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
    sizes: z
      .array(z.tuple([pixels, pixels]))
      .min(1)
      .max(10)
      .describe('Width and height of each, in all types.'),
    types: z.array(z.enum(keysOf(shownImageTypes))).min(1),
  }),
  z.strictObject({ status: z.literal('refused'), reason: imageRefusalSchema }),
]);

/** What orders asks catalog before it places an order: what these products are and cost now. */
export const quoteRequestSchema = z.strictObject({ productIds: z.array(idSchema).min(1).max(2_000) });
export const quoteSchema = z
  .object({
    items: z.array(
      productSchema.pick({ id: true, sku: true, name: true, price: true }).extend({ category: z.string().optional() }),
    ),
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
export type StockReason = z.output<typeof stockReasonSchema>;
export type StockQuery = z.output<typeof stockQuerySchema>;
export type Stock = z.output<typeof stockSchema>;
export type Quote = z.output<typeof quoteSchema>;
export type ImportFormat = z.output<typeof importFormatSchema>;
export type Import = z.output<typeof importSchema>;
export type AddImage = z.output<typeof addImageSchema>;
export type Image = z.output<typeof imageSchema>;
export type ImageList = z.output<typeof imageListSchema>;
export type ImageRefusal = z.output<typeof imageRefusalSchema>;
export type ImageReport = z.output<typeof imageReportSchema>;
export type ImageSize = z.output<typeof imageSizeSchema>;
export type ImageUpload = z.output<typeof imageUploadSchema>;
export type ShownImage = z.output<typeof shownImageSchema>;
