import { Gauge, type Registry } from 'prom-client';
import { type Relay } from './relay/relay.js';

/**
 * Shows how far the outbox lags behind (R17), asked of the database at each scrape: the age of the oldest unsent row,
 * which is the one to alarm on, and how many rows are unsent, parked and scheduled.
 */
export function registerOutboxMetrics(registry: Registry, relay: Pick<Relay, 'lag'>): void {
  const age = new Gauge({
    name: 'outbox_oldest_row_age_seconds',
    help: 'Age of the oldest unsent message.',
    registers: [],
    async collect() {
      this.set((await relay.lag()).ageMs / 1_000);
    },
  });
  const rows = new Gauge({
    name: 'outbox_rows',
    help: 'Messages not yet published, those parked after repeated failures, and those of later.',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const { unsent, parked, scheduled } = await relay.lag();
      this.set({ state: 'unsent' }, unsent);
      this.set({ state: 'parked' }, parked);
      this.set({ state: 'scheduled' }, scheduled);
    },
  });
  registry.registerMetric(age);
  registry.registerMetric(rows);
}
