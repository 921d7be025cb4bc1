import { z } from 'zod';
import { MAX_ORDER_LINES, idSchema, moneySchema, quantitySchema, timeSchema } from './values.js';

export const orderStatusSchema = z.enum(['pending', 'reserved', 'paid', 'confirmed', 'rejected', 'cancelled']);
export type OrderStatus = z.output<typeof orderStatusSchema>;

export const cartItemSchema = z.object({ productId: idSchema, quantity: quantitySchema });
export const cartSchema = z.object({ items: z.array(cartItemSchema) }).meta({ id: 'Cart' });
export const putCartItemSchema = z.strictObject({ quantity: quantitySchema });

const paymentToken = z.string().regex(/^tok_[A-Za-z0-9_]{1,60}$/);
/** Only an admin may say when an order was placed: so a shop's history is moved in. */
const placedAt = timeSchema.optional();

export const placeOrderSchema = z.union([
  z.strictObject({ items: z.array(cartItemSchema.strict()).min(1).max(MAX_ORDER_LINES), paymentToken, placedAt }),
  z.strictObject({ fromCart: z.literal(true), paymentToken, placedAt }),
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
      }),
    ),
    total: moneySchema,
    placedAt: timeSchema,
    reason: z.string().optional().describe('Why the order was rejected.'),
    history: z.array(historyEntry),
  })
  .meta({ id: 'Order' });
export const orderPageSchema = z
  .object({ items: z.array(orderSchema.omit({ items: true, history: true })), nextCursor: z.string().nullable() })
  .meta({ id: 'OrderPage' });
export const orderQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
  /** `all`: every customer's orders, for an admin. */
  scope: z.enum(['mine', 'all']).default('mine'),
});

export type Cart = z.output<typeof cartSchema>;
export type PlaceOrder = z.output<typeof placeOrderSchema>;
export type PlacedOrder = z.output<typeof placedOrderSchema>;
export type Order = z.output<typeof orderSchema>;
export type OrderPage = z.output<typeof orderPageSchema>;
