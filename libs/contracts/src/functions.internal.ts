import { z } from 'zod';
import { orderSchema } from './orders.http.js';
import { timeSchema } from './values.js';

/** How auth has functions reach a user: only for mail about what the user did. */
export const contactSchema = z.object({ email: z.string(), name: z.string() }).meta({ id: 'Contact' });
export type Contact = z.output<typeof contactSchema>;

/** What orders tells functions for a receipt: the order, and whose it is. */
export const receiptOrderSchema = orderSchema
  .pick({ id: true, items: true, total: true, amounts: true, placedAt: true })
  .extend({
    customerId: z.string(),
    recordedAt: timeSchema.describe('When it came into the system; later than placedAt where history was moved in.'),
  })
  .meta({ id: 'ReceiptOrder' });
export type ReceiptOrder = z.output<typeof receiptOrderSchema>;
