import {
  type FulfilmentStepAnswer,
  fulfilmentStepAnswerSchema,
  fulfilmentStepSchema,
  idSchema,
} from '@lethe/contracts';
import { z } from 'zod';
import { type Orders, askOrders } from './ask-orders.js';

/** What the state machine `fulfilment` hands a step. */
export const fulfilmentTaskSchema = z.object({
  step: fulfilmentStepSchema,
  orderId: idSchema,
  /** How often the approval was looked at before. */
  checks: z.int().min(0).default(0),
});
export type FulfilmentTask = z.output<typeof fulfilmentTaskSchema>;

/** Does a step of a fulfilment; counts looks at an approval, so that the state machine can bound them. Throws as `askOrders`. */
export async function fulfilmentStep(
  { step, orderId, checks }: FulfilmentTask,
  orders: Orders,
): Promise<FulfilmentStepAnswer & { readonly checks: number }> {
  const answer = await askOrders(orders, `/orders/internal/fulfilments/${orderId}/${step}`, fulfilmentStepAnswerSchema);
  return { ...answer, checks: checks + 1 };
}
