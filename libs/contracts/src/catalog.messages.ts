import { defineCommand, defineEvent } from '@lethe/topology';
import { z } from 'zod';
import { idSchema, quantitySchema } from './values.js';

const lines = z.array(z.object({ productId: idSchema, quantity: quantitySchema })).min(1);

export const ReserveStock = defineCommand({
  owner: 'catalog',
  name: 'reserve-stock',
  version: 1,
  description: 'Set stock aside for an order, all lines or none.',
  data: z.object({ orderId: idSchema, items: lines }),
});

export const ReleaseStock = defineCommand({
  owner: 'catalog',
  name: 'release-stock',
  version: 1,
  description:
    'Give back what was set aside for an order. Sent at most once has an effect; before the reservation it prevents it.',
  data: z.object({ orderId: idSchema }),
});

export const RestockReturn = defineCommand({
  owner: 'catalog',
  name: 'restock-return',
  version: 1,
  description: 'Put goods of an order that came back on the shelf again, once per return.',
  data: z.object({ orderId: idSchema, returnId: idSchema, items: lines }),
});

export const RunImport = defineCommand({
  owner: 'catalog',
  name: 'run-import',
  version: 1,
  description: 'Read an uploaded catalogue file into products.',
  data: z.object({ importId: idSchema }),
});

export const SweepImages = defineCommand({
  owner: 'catalog',
  name: 'sweep-images',
  version: 1,
  description: 'Remove the files of images that no product has, and images that were expected in vain.',
  data: z.object({ imageIds: z.array(idSchema).min(1).max(100) }),
});

export const ProductsChanged = defineEvent({
  owner: 'catalog',
  name: 'products-changed',
  version: 1,
  description: 'Products were created, described or priced anew, or taken off the shop. Ask what they are now.',
  data: z.object({ productIds: z.array(idSchema).min(1).max(1_000) }),
});

export const BackInStock = defineEvent({
  owner: 'catalog',
  name: 'back-in-stock',
  version: 1,
  description: 'A product of which none was available is available again. Said once each time.',
  data: z.object({
    productId: idSchema,
    available: z.int().min(1).describe('How many were available at that moment.'),
  }),
});

export const StockReserved = defineEvent({
  owner: 'catalog',
  name: 'stock-reserved',
  version: 1,
  description: 'Stock for every line of the order is set aside.',
  data: z.object({ orderId: idSchema }),
});

export const StockRejected = defineEvent({
  owner: 'catalog',
  name: 'stock-rejected',
  version: 1,
  description: 'At least one line of the order cannot be supplied; nothing was set aside.',
  data: z.object({
    orderId: idSchema,
    shortages: z.array(z.object({ productId: idSchema, requested: quantitySchema, available: z.int().min(0) })).min(1),
  }),
});
