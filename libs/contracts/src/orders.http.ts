import { z } from 'zod';
import { shipmentSchema } from './fulfilment.http.js';
import { orderReturnSchema, refundSchema } from './returns.http.js';
import { MAX_ORDER_LINES, idSchema, moneySchema, quantitySchema, timeSchema } from './values.js';

export const orderStatusSchema = z.enum([
  'pending',
  'reserved',
  'paid',
  'confirmed',
  'fulfilling',
  'shipped',
  'delivered',
  'returned',
  'partly-refunded',
  'refunded',
  'rejected',
  'cancelled',
]);
export type OrderStatus = z.output<typeof orderStatusSchema>;

export const cartItemSchema = z.object({ productId: idSchema, quantity: quantitySchema });
export const cartSchema = z.object({ items: z.array(cartItemSchema) }).meta({ id: 'Cart' });
export const putCartItemSchema = z.strictObject({ quantity: quantitySchema });

const paymentToken = z.string().regex(/^tok_[A-Za-z0-9_]{1,60}$/);
/** Only an admin may say when an order was placed: so a shop's history is moved in. */
const placedAt = timeSchema.optional();

/** What a customer types in to get a coupon's discount. */
export const couponCodeSchema = z.string().regex(/^[A-Z0-9][A-Z0-9-]{2,39}$/);
/** ISO 3166-1 alpha-2. */
export const countrySchema = z.string().regex(/^[A-Z]{2}$/);
/** A coupon, and where the goods go: its tax is added to the prices, which are net; without a country none is. */
const terms = { coupon: couponCodeSchema.optional(), country: countrySchema.optional() };

export const placeOrderSchema = z.union([
  z.strictObject({
    items: z.array(cartItemSchema.strict()).min(1).max(MAX_ORDER_LINES),
    paymentToken,
    placedAt,
    ...terms,
  }),
  z.strictObject({ fromCart: z.literal(true), paymentToken, placedAt, ...terms }),
]);

export const placedOrderSchema = z
  .object({ id: idSchema, status: orderStatusSchema, total: moneySchema })
  .meta({ id: 'PlacedOrder' });
/** A state that the order came into; also what an event of the order's stream says. */
const historyEntry = z.object({
  status: orderStatusSchema,
  at: timeSchema,
  cause: z
    .string()
    .optional()
    .describe('What led to it: the type of a message, `place-order` or `cancel-order`. Older entries have none.'),
});
/** How a total came about: `subtotal - discount + tax = total`. */
export const amountsSchema = z
  .object({
    subtotal: moneySchema,
    discount: moneySchema,
    tax: moneySchema,
    total: moneySchema,
    refunded: moneySchema.optional(),
  })
  .meta({ id: 'OrderAmounts' });
/**
 * How an order's payment stands. `requested`: the provider is asked and its answer is not known yet. `authorized`: the
 * money is set aside; `captured`: it is taken; `voided`: it was let go or given back because the order ended unpaid.
 */
export const paymentStatusSchema = z.enum([
  'requested',
  'requires-action',
  'processing',
  'authorized',
  'captured',
  'declined',
  'voided',
]);
export type PaymentStatus = z.output<typeof paymentStatusSchema>;
export const orderPaymentSchema = z
  .object({
    status: paymentStatusSchema,
    actionUrl: z
      .url()
      .optional()
      .describe('Where the customer has to prove who they are (3-D Secure), while the order waits for it.'),
  })
  .meta({ id: 'OrderPayment' });
export const orderSchema = z
  .object({
    id: idSchema,
    status: orderStatusSchema,
    items: z.array(
      z.object({
        productId: idSchema,
        sku: z.string(),
        name: z.string(),
        quantity: quantitySchema,
        unitPrice: moneySchema,
        paid: moneySchema.optional().describe('What the line costs: its share of the discount off, of the tax on top.'),
      }),
    ),
    total: moneySchema,
    amounts: amountsSchema.optional(),
    coupon: couponCodeSchema.optional(),
    country: countrySchema.optional(),
    placedAt: timeSchema,
    reason: z.string().optional().describe('Why the order was rejected.'),
    history: z.array(historyEntry),
    payment: orderPaymentSchema.optional().describe('None before the provider was asked for the money.'),
    returns: z.array(orderReturnSchema).optional().describe('Goods that came back, the oldest first.'),
    shipment: shipmentSchema.optional().describe('None before the order was released to the warehouse.'),
    refunds: z.array(refundSchema).optional().describe('Money that goes or went back, the oldest first.'),
  })
  .meta({ id: 'Order' });
export const orderPageSchema = z
  .object({
    items: z.array(
      orderSchema
        .omit({
          items: true,
          history: true,
          amounts: true,
          coupon: true,
          country: true,
          payment: true,
          returns: true,
          refunds: true,
          shipment: true,
        })
        .extend({ customer: z.string().optional().describe('Whose it is, where orders were searched.') }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'OrderPage' });
const placedWhen = z.union([timeSchema, z.iso.date()]);
export const orderQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
  /** `all`: every customer's orders, for an admin. */
  scope: z.enum(['mine', 'all']).default('mine'),
  customer: z.string().min(1).max(200).optional().describe('Only of this customer; with scope all.'),
  status: orderStatusSchema.optional(),
  product: idSchema.optional().describe('Only orders with this product.'),
  from: placedWhen.optional().describe('Placed then or later; a date means its first instant in UTC.'),
  to: placedWhen.optional().describe('Placed before; a date means the whole day.'),
});

export type OrderQuery = z.output<typeof orderQuerySchema>;
export type Cart = z.output<typeof cartSchema>;
export type PlaceOrder = z.output<typeof placeOrderSchema>;
export type PlacedOrder = z.output<typeof placedOrderSchema>;
export type Order = z.output<typeof orderSchema>;
export type OrderAmounts = z.output<typeof amountsSchema>;
export type OrderPage = z.output<typeof orderPageSchema>;
