import { type RefundStepAnswer, idSchema, refundStepAnswerSchema, refundStepSchema } from '@lethe/contracts';
import { z } from 'zod';
import { type Orders, askOrders } from './ask-orders.js';

/** What the state machines hand a step of a refund. */
export const refundTaskSchema = z.object({
  step: refundStepSchema,
  refundId: idSchema,
  /** How often the approval was looked at before. */
  checks: z.int().min(0).default(0),
});
export type RefundTask = z.output<typeof refundTaskSchema>;

/** Does a step of a refund; counts looks at an approval, so that the state machine can bound them. Throws as `askOrders`. */
export async function refundStep(
  { step, refundId, checks }: RefundTask,
  orders: Orders,
): Promise<RefundStepAnswer & { readonly checks: number }> {
  const answer = await askOrders(orders, `/orders/internal/refunds/${refundId}/${step}`, refundStepAnswerSchema);
  return { ...answer, checks: checks + 1 };
}
