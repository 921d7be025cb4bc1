import { readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

const baseUrl = (fallback: string) =>
  z
    .url({ protocol: /^https?$/ })
    .default(fallback)
    .transform((url) => url.replace(/\/+$/, ''));

const minorUnits = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
const wholeSeconds = (fallback: number) => z.coerce.number().int().min(0).max(1_209_600).default(fallback);

/** Everything the service reads from its environment. */
export const configSchema = serviceConfigSchema.extend({
  CATALOG_URL: baseUrl('http://localhost:8080').describe(
    'Where /catalog is reached: the balancer, or the service itself.',
  ),
  ORDERS_PER_USER: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(3_000)
    .describe('Orders placed per customer in a minute (S51); admins, who import orders, as many as they like.'),
  SERVICE_KEY: serviceConfigSchema.shape.SERVICE_KEY.unwrap().describe(
    "Secret: the service's own private key, a JWK in JSON, with which it asks the catalogue.",
  ),
  SERVICE_KEYS: serviceConfigSchema.shape.SERVICE_KEYS.unwrap().describe(
    'Public keys of all services, a JWKS in JSON: functions ask for receipts and take steps of workflows with a token of their own.',
  ),
  FULFILMENT_APPROVAL_ABOVE: minorUnits(500_000).describe(
    'Orders of more than so many minor units of their currency are fulfilled once the staff has approved it.',
  ),
  REFUND_APPROVAL_ABOVE: minorUnits(500_000).describe(
    'More than so many minor units are refunded once the staff has approved it.',
  ),
  WORKFLOW_WAIT_SECONDS: wholeSeconds(60).describe('How long a workflow waits between two looks at an approval.'),
  WORKFLOW_SETTLE_SECONDS: wholeSeconds(60).describe(
    'How long a workflow waits between two looks at a refund that the provider has not settled.',
  ),
  WORKFLOW_TRANSIT_SECONDS: wholeSeconds(86_400).describe(
    'How long a parcel is on its way: there is no carrier to ask.',
  ),
  PAYMENT_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3_600)
    .default(120)
    .describe('How long an order waits for its payment before the provider is asked what became of it.'),
  RESERVATION_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.2)
    .max(43_200)
    .default(900)
    .describe('How long an order waits at most, for stock or for its payment, before it is rejected (R24).'),
  SCHEDULES: z
    .enum(['postgres', 'eventbridge'])
    .default('postgres')
    .describe(
      'What sends the commands that are due by the clock: the replicas, by the database, or EventBridge Scheduler.',
    ),
  SCHEDULES_ROLE_ARN: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/)
    .optional()
    .describe('With SCHEDULES=eventbridge: the role in which EventBridge sends to the queue of the service.'),
  RECONCILIATION_GRACE_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(1_800)
    .describe('Younger payments may be in flight and are left to the next reconciliation.'),
  PAYMENT_URL: baseUrl('http://localhost:3100').describe(
    "Where the payment provider is reached: `https://api.stripe.com`, or what speaks Stripe's API.",
  ),
  STRIPE_API_KEY: z
    .string()
    .min(1)
    .default('sk_test_simulated')
    .describe("Secret: the key of the account at Stripe; the simulator takes any that begins like a test account's."),
  PAYMENT_WEBHOOK_SECRET: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((secret) => secret !== ''))
    .describe(
      "Secret: signs the provider's webhooks; two, separated by a comma, while one takes the place of the other. None: no webhook is believed.",
    ),
});
export type OrdersConfig = z.output<typeof configSchema>;

/** Reads the environment, the only place that does; a fault ends the process with exit code 78. */
export const readOrdersConfig = (): OrdersConfig => readConfig(configSchema, process.env);
