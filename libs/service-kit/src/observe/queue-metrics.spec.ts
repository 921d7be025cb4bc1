import type { Settled } from '@lethe/messaging';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { QueueMetrics, type QueueMetricsOptions } from './queue-metrics.js';

const settled = (fields: Partial<Settled>): Settled => ({
  outcome: 'done',
  accepted: true,
  type: 'shop.sold.v1',
  messageId: 'm',
  sqsMessageId: 's',
  receiveCount: 1,
  durationMs: 20,
  heldMs: 30,
  ageMs: 1_500,
  ...fields,
});

function setUp(options: Partial<QueueMetricsOptions> = {}) {
  const registry = new Registry();
  let now = 0;
  const metrics = new QueueMetrics({
    registry,
    types: ['shop.sold.v1'],
    calls: { snapshot: () => ({}) },
    depths: () => Promise.resolve({ waiting: 3, inFlight: 2, deadLetters: 1 }),
    monotonic: () => now,
    ...options,
  });
  return { metrics, text: () => registry.metrics(), advance: (ms: number) => void (now += ms) };
}

describe('QueueMetrics', () => {
  it('shows received, settled by outcome, and the time of handlers', async () => {
    const { metrics, text } = setUp();

    metrics.received(10);
    metrics.received(0);
    metrics.settled(settled({}));
    metrics.settled(settled({ outcome: 'retried' }));
    metrics.settled(settled({ outcome: 'dead-lettered', type: 'whatever-anybody-sends' }));
    metrics.repeated();

    const shown = await text();
    expect(shown).toContain('messaging_received_total 10');
    expect(shown).toContain('messaging_repeated_total 1');
    expect(shown).toContain('messaging_settled_total{type="shop.sold.v1",outcome="done"} 1');
    expect(shown).toContain('messaging_settled_total{type="shop.sold.v1",outcome="retried"} 1');
    expect(shown).toContain('messaging_settled_total{type="other",outcome="dead-lettered"} 1');
    expect(shown).toContain('messaging_handler_duration_seconds_sum{type="shop.sold.v1"} 0.04');
    expect(shown).not.toContain('whatever');
  });

  it('shows the age of the oldest message for a minute at least, and no longer than two', async () => {
    const { metrics, text, advance } = setUp();
    metrics.settled(settled({ ageMs: 90_000 }));
    metrics.settled(settled({ ageMs: 10 }));

    advance(61_000);
    const remembered = await text();
    advance(61_000);
    const forgotten = await text();

    expect(remembered).toContain('messaging_oldest_message_age_seconds 90\n');
    expect(forgotten).toContain('messaging_oldest_message_age_seconds 0\n');
  });

  it('R19: shows the calls of SQS that a message takes', async () => {
    const totals = (attempts: number) => ({ operations: attempts, attempts, failures: 0 });
    const snapshot = () => ({
      'sqs.ReceiveMessage': totals(11),
      'sqs.DeleteMessageBatch': totals(10),
      'sqs.SendMessage': totals(99),
    });
    const { metrics, text } = setUp({ calls: { snapshot } });

    metrics.received(100);

    expect(await text()).toContain('messaging_api_calls_per_message 0.21\n');
  });

  it('shows how full the queue is, and nothing while SQS cannot be asked', async () => {
    const known = setUp();
    const unknown = setUp({ depths: () => Promise.reject(new Error('down')) });

    expect(await known.text()).toContain('messaging_queue_messages{state="dead_letters"} 1');
    expect(await unknown.text()).not.toContain('messaging_queue_messages{');
  });
});
