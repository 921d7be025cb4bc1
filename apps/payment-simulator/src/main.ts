import { readConfig } from './payment-simulator.config.js';
import { buildSimulator } from './server.js';

const config = readConfig();
const app = await buildSimulator({
  dataDir: config.DATA_DIR,
  maxPayments: config.MAX_PAYMENTS,
  faults: {
    latencyMs: config.PAYMENT_LATENCY_MS,
    failureRate: config.PAYMENT_FAILURE_RATE,
    webhookUrl: config.WEBHOOK_URL ?? null,
  },
  apiKeys: config.STRIPE_API_KEY,
  ...(config.PUBLIC_URL === undefined ? {} : { publicUrl: config.PUBLIC_URL }),
  webhooks: {
    secrets: config.WEBHOOK_SECRET,
    enabled: new Set(config.WEBHOOK_EVENTS),
    retryMs: config.WEBHOOK_RETRY_MS,
  },
});
const url = await app.listen({ port: config.PORT, host: config.HOST });
process.stdout.write(`${JSON.stringify({ msg: 'payment simulator ready', url })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
