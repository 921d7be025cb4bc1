import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { registerOutboxMetrics } from './outbox.metrics.js';

describe('registerOutboxMetrics', () => {
  it('R17: shows the age of the oldest unsent row, and how many are unsent, parked and scheduled', async () => {
    const registry = new Registry();
    registerOutboxMetrics(registry, {
      lag: () => Promise.resolve({ ageMs: 2_500, unsent: 7, parked: 1, scheduled: 3 }),
    });

    const text = await registry.metrics();

    expect(text).toContain('outbox_oldest_row_age_seconds 2.5');
    expect(text).toContain('outbox_rows{state="unsent"} 7');
    expect(text).toContain('outbox_rows{state="parked"} 1');
    expect(text).toContain('outbox_rows{state="scheduled"} 3');
  });
});
