import { z } from 'zod';
import { PaymentError } from '../payment-simulator.errors.js';

/** The most that Stripe takes at once: eight digits (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const MAX_AMOUNT = 99_999_999;

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'Invalid integer')
    .transform(Number)
    .pipe(z.int().min(least).max(most));
const amount = integer(1, MAX_AMOUNT);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const id = z.string().min(1).max(100);
const url = z.url({ protocol: /^https?$/ }).max(2_000);

/** https://docs.stripe.com/api/metadata: 50 pairs, names up to 40 characters, values up to 500. */
const metadata = z
  .record(z.string().max(40), z.string().max(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'at most 50 pairs')
  .default({});

const methodData = z.strictObject({ type: z.literal('card'), card: z.strictObject({ token: id }) });
const expand = z.array(z.enum(['latest_charge', 'data.latest_charge'])).optional();

export const createSchema = z.strictObject({
  amount,
  currency: z.string().regex(/^[a-z]{3}$/, 'Invalid currency: three lower-case letters'),
  capture_method: z.enum(['automatic', 'manual']).default('automatic'),
  confirm: flag.default(false),
  payment_method: id.optional(),
  payment_method_data: methodData.optional(),
  allowed_payment_method_types: z.array(z.literal('card')).optional(),
  metadata,
  description: z.string().max(1_000).optional(),
  return_url: url.optional(),
  expand,
});

export const confirmSchema = z.strictObject({
  payment_method: id.optional(),
  payment_method_data: methodData.optional(),
  return_url: url.optional(),
  expand,
});

export const captureSchema = z.strictObject({ amount_to_capture: amount.optional(), expand });

export const cancelSchema = z.strictObject({
  cancellation_reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
  expand,
});

export const refundSchema = z.strictObject({
  payment_intent: id,
  amount: amount.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata,
});

export const retrieveSchema = z.strictObject({ expand });

const second = integer(0, 99_999_999_999);
const created = z.union([
  second.transform((at) => ({ gte: at, lte: at })),
  z.strictObject({ gt: second.optional(), gte: second.optional(), lt: second.optional(), lte: second.optional() }),
]);
const page = { limit: integer(1, 100).default(10), starting_after: id.optional(), ending_before: id.optional() };

export const listPaymentsSchema = z.strictObject({ ...page, created: created.optional(), expand });
export const listRefundsSchema = z.strictObject({
  ...page,
  created: created.optional(),
  payment_intent: id.optional(),
});
export const listEventsSchema = z.strictObject({
  ...page,
  created: created.optional(),
  type: z.string().max(100).optional(),
});

/** The token or payment method that a request names, if it does. Throws a {@link PaymentError} for both at once. */
export function sourceOf({
  payment_method: method,
  payment_method_data: data,
}: Pick<z.output<typeof confirmSchema>, 'payment_method' | 'payment_method_data'>): string | undefined {
  if (method !== undefined && data !== undefined) {
    const message = 'You may only specify one of these parameters: payment_method, payment_method_data.';
    throw new PaymentError(400, 'invalid_request_error', 'parameter_invalid', message, { param: 'payment_method' });
  }
  return method ?? data?.card.token;
}

/** Reads outside input. Throws a {@link PaymentError} 400 that names the first fault, as Stripe does. */
export function read<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [head, ...rest] = issue?.path ?? [];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const param = [head, ...rest, unknown].filter((part) => part !== undefined).map(String);
  const name = param.map((part, at) => (at === 0 ? part : `[${part}]`)).join('');
  if (unknown !== undefined) throw invalid('parameter_unknown', `Received unknown parameter: ${name}`, name);
  const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined');
  if (missing) throw invalid('parameter_missing', `Missing required param: ${name}.`, name);
  throw invalid('parameter_invalid', `Invalid ${name}: ${issue?.message ?? 'malformed'}`, name);
}

function invalid(code: string, message: string, param: string): PaymentError {
  return new PaymentError(400, 'invalid_request_error', code, message, { param });
}
