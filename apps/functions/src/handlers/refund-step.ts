import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { ServiceClient } from '../service-client.js';
import { refundStep, refundTaskSchema } from '../steps/refund-step.js';

const config = readConfig(functionsConfigSchema.pick({ ORDERS_URL: true, SERVICE_KEY: true }));
const orders = new ServiceClient({ service: 'orders', url: config.ORDERS_URL, key: config.SERVICE_KEY });

/** A task of a state machine. Throws a ZodError for another event. */
export const handler = (event: unknown) => refundStep(refundTaskSchema.parse(event), orders);
