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
  PAYMENT_URL: baseUrl('http://localhost:3100').describe('Where the payment provider is reached.'),
});
export type OrdersConfig = z.output<typeof configSchema>;

/** Reads the environment, the only place that does; a fault ends the process with exit code 78. */
export const readOrdersConfig = (): OrdersConfig => readConfig(configSchema, process.env);
