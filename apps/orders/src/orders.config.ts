import { readConfig, serviceConfigSchema } from '@lethe/service-kit';
import { z } from 'zod';

const baseUrl = (fallback: string) =>
  z
    .url({ protocol: /^https?$/ })
    .default(fallback)
    .transform((url) => url.replace(/\/+$/, ''));

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
  PAYMENT_URL: baseUrl('http://localhost:3100').describe('Where the payment provider is reached.'),
});
export type OrdersConfig = z.output<typeof configSchema>;

/** Reads the environment, the only place that does; a fault ends the process with exit code 78. */
export const readOrdersConfig = (): OrdersConfig => readConfig(configSchema, process.env);
