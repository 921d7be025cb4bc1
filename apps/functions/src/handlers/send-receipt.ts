import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '@lethe/kernel';
import { handleQueueBatch } from '../events/queue-batch.js';
import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { Mailer } from '../mail/mailer.js';
import { SentMails } from '../mail/sent-mails.js';
import { sendReceipt } from '../receipts/send-receipt.js';
import { sdkConfig } from '../sdk.js';
import { ServiceClient } from '../service-client.js';

const config = readConfig(
  functionsConfigSchema.pick({
    AWS_REGION: true,
    AUTH_URL: true,
    ORDERS_URL: true,
    SERVICE_KEY: true,
    MAIL_FROM: true,
    NOTES_TABLE: true,
  }),
);
/** Longer than the function may run, so that a claim that has ended is a dead one's. */
const CLAIM_MS = 25_000;

const parts = {
  orders: new ServiceClient({ service: 'orders', url: config.ORDERS_URL, key: config.SERVICE_KEY }),
  auth: new ServiceClient({ service: 'auth', url: config.AUTH_URL, key: config.SERVICE_KEY }),
  mailer: new Mailer(config.AWS_REGION, config.MAIL_FROM),
  sent: new SentMails({
    dynamodb: new DynamoDBClient(sdkConfig(config.AWS_REGION)),
    table: config.NOTES_TABLE,
    claimMs: CLAIM_MS,
    clock: systemClock,
  }),
};

/** Messages of the receipts queue. Throws a ZodError for another event. */
export const handler = (event: unknown) => handleQueueBatch(event, (record) => sendReceipt(record, parts));
