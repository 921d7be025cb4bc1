import { readConfig } from './payment-simulator.config.js';
import { buildSimulator } from './server.js';

const config = readConfig();
const app = await buildSimulator({
  dataDir: config.DATA_DIR,
  latencyMs: config.PAYMENT_LATENCY_MS,
  failureRate: config.PAYMENT_FAILURE_RATE,
  maxCharges: config.MAX_CHARGES,
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
