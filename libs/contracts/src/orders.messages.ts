import { defineCommand, defineEvent } from '@lethe/topology';
import { z } from 'zod';
import { idSchema, moneySchema, quantitySchema, timeSchema } from './values.js';

const orderLine = z.object({
  productId: idSchema,
  sku: z.string(),
  name: z.string(),
  quantity: quantitySchema,
  unitPrice: moneySchema,
  paid: moneySchema.optional().describe('What the line costs: its share of the discount off, of the tax on top.'),
  category: z.string().max(100).optional().describe('Of the product, when the order was placed.'),
});

/** Who bought, and where it goes: for whoever counts (S54: an id, no name and no address). */
const buyer = {
  customer: z.string().min(1).max(100).optional().describe('The id of the account that placed the order.'),
  country: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('Where the goods go; of the store itself in ISO 3166-1 alpha-2.'),
};

export const OrderPlaced = defineEvent({
  owner: 'orders',
  name: 'order-placed',
  version: 1,
  description: 'A customer placed an order; nothing is reserved or paid yet.',
  data: z.object({ orderId: idSchema, placedAt: timeSchema, total: moneySchema, ...buyer }),
});

export const OrderConfirmed = defineEvent({
  owner: 'orders',
  name: 'order-confirmed',
  version: 1,
  description: 'The order is paid and its stock is sold.',
  data: z.object({
    orderId: idSchema,
    placedAt: timeSchema,
    confirmedAt: timeSchema,
    total: moneySchema,
    items: z.array(orderLine).min(1),
    ...buyer,
  }),
});

export const OrderRejected = defineEvent({
  owner: 'orders',
  name: 'order-rejected',
  version: 1,
  description: 'The order ended without a sale.',
  data: z.object({
    orderId: idSchema,
    placedAt: timeSchema,
    reason: z
      .enum(['out-of-stock', 'payment-declined'])
      .describe('What it comes to, in the words that every reader knows: no stock was set aside, or no money came.'),
    detail: z
      .enum(['out-of-stock', 'payment-declined', 'payment-timeout', 'reservation-timeout'])
      .optional()
      .describe('Exactly why, as the order itself says it.'),
  }),
});

export const OrderCancelled = defineEvent({
  owner: 'orders',
  name: 'order-cancelled',
  version: 1,
  description: 'The customer withdrew the order before it was paid.',
  data: z.object({ orderId: idSchema, placedAt: timeSchema }),
});

export const AuthorizePayment = defineCommand({
  owner: 'orders',
  name: 'authorize-payment',
  version: 1,
  description: 'Go on with the payment of a reserved order: have it authorized, ask what became of it, capture it.',
  data: z.object({ orderId: idSchema }),
});

export const VoidPayment = defineCommand({
  owner: 'orders',
  name: 'void-payment',
  version: 1,
  description: 'Give back the payment of an order that ended while it was being paid.',
  data: z.object({ orderId: idSchema }),
});

export const ClearCart = defineCommand({
  owner: 'orders',
  name: 'clear-cart',
  version: 1,
  description: 'Empty the cart that an order was placed from, unless it has changed since.',
  data: z.object({ customerId: z.string(), cartVersion: z.int() }),
});

/** What the service tells itself later: the time-out of a step of the saga. */
export const RemindOrder = defineCommand({
  owner: 'orders',
  name: 'remind-order',
  version: 1,
  description: 'Look after an order whose step should have ended: if it is still in that step, ask for it again.',
  data: z.object({ orderId: idSchema, step: z.int().min(1) }),
});

const itemsBack = z.array(z.object({ productId: idSchema, quantity: quantitySchema }));

export const OrderShipped = defineEvent({
  owner: 'orders',
  name: 'order-shipped',
  version: 1,
  description: 'The parcel of the order was handed to the carrier.',
  data: z.object({
    orderId: idSchema,
    placedAt: timeSchema,
    shippedAt: timeSchema,
    tracking: z.string().max(200).optional().describe("The carrier's name for the parcel."),
  }),
});

export const OrderDelivered = defineEvent({
  owner: 'orders',
  name: 'order-delivered',
  version: 1,
  description: 'The customer has the goods.',
  data: z.object({ orderId: idSchema, placedAt: timeSchema, deliveredAt: timeSchema }),
});

export const OrderReturned = defineEvent({
  owner: 'orders',
  name: 'order-returned',
  version: 1,
  description: 'Goods of the order are back, or never left; what they cost is owed to the customer.',
  data: z.object({
    orderId: idSchema,
    returnId: idSchema,
    placedAt: timeSchema,
    returnedAt: timeSchema,
    amount: moneySchema.describe('What is to be given back for them.'),
    items: itemsBack.min(1),
  }),
});

export const OrderRefunded = defineEvent({
  owner: 'orders',
  name: 'order-refunded',
  version: 1,
  description: 'Money of the order went back to the customer.',
  data: z.object({
    orderId: idSchema,
    refundId: idSchema,
    placedAt: timeSchema,
    refundedAt: timeSchema,
    amount: moneySchema,
    items: z
      .array(z.object({ productId: idSchema, quantity: quantitySchema, amount: moneySchema }))
      .describe('The goods that it is for; none where it is for none.'),
    full: z.boolean().describe('Whether all that was paid has gone back now.'),
  }),
});

export const RefundPayment = defineCommand({
  owner: 'orders',
  name: 'refund-payment',
  version: 1,
  description: 'Ask the provider to give the money of a refund back.',
  data: z.object({ orderId: idSchema, refundId: idSchema }),
});
