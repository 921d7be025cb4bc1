import { z } from 'zod';
import { ServiceUnavailableError } from '../functions.errors.js';
import { type ServiceClient } from '../service-client.js';
import { StepFailedError, StepRefusedError } from './steps.errors.js';

/** Where a step's business is: the internal routes of orders. */
export type Orders = Pick<ServiceClient, 'post'>;

const problemSchema = z.object({ detail: z.string() });
/** Nothing there, and no room for the step. */
const REFUSED = new Set([404, 409]);
/** Too much at once, and what a replica or the balancer says while replicas change: an outage, not a failure of the step. */
const OUTAGE = new Set([408, 429, 502, 503, 504]);

/**
 * Has orders do a step, and gives its answer. Throws a {@link StepRefusedError}, a {@link StepFailedError}, a
 * {@link ServiceUnavailableError} where orders cannot be asked: workflows tell them apart by their names.
 */
export async function askOrders<S extends z.ZodType>(orders: Orders, path: string, schema: S): Promise<z.output<S>> {
  const { status, body } = await orders.post(path, {});
  const answer = schema.safeParse(body);
  if (status === 200 && answer.success) return answer.data;
  if (OUTAGE.has(status)) throw new ServiceUnavailableError('orders', `it answered ${status}`);
  const detail = problemSchema.safeParse(body).data?.detail ?? 'without a reason';
  throw REFUSED.has(status) ? new StepRefusedError(path, status, detail) : new StepFailedError(path, status, detail);
}
