import { CallCounter } from '@lethe/aws';
import { FakeClock } from '@lethe/testing';
import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge } from 'prom-client';
import { createLogger } from '../observe/logger.js';
import { Metrics } from '../observe/metrics.js';
import { EmfReporter } from './emf-reporter.js';
import { parseEmf } from '../../test/parse-emf.js';
import { spreadOf } from './spread.js';

function arrange({ level = 'info' } = {}) {
  const lines: string[] = [];
  const metrics = new Metrics('demo', new CallCounter(), () => 0);
  const reporter = new EmfReporter({
    service: 'demo',
    metrics,
    logger: createLogger({
      service: 'demo',
      instance: 'demo-1',
      level,
      destination: { write: (line: string) => void lines.push(line) },
    }),
    everySeconds: 0,
    clock: new FakeClock(Date.UTC(2026, 0, 1)),
  });
  const report = async () => {
    lines.length = 0;
    await reporter.report();
    return lines.flatMap((line) => parseEmf(line));
  };
  return { metrics, report, lines };
}

describe('EmfReporter', () => {
  it('R12: writes requests by route template and outcome, as the specification of the format asks', async () => {
    const { metrics, report } = arrange();
    metrics.observeRequest('GET', '/products/:id', 200, 0.02);
    metrics.observeRequest('GET', '/products/:id', 404, 0.01);
    metrics.observeRequest('POST', '/orders', 503, 2);

    const found = await report();

    const requests = found.filter(({ name }) => name === 'Requests');
    expect(requests).toHaveLength(3 + 3);
    expect(requests).toContainEqual({
      namespace: 'Lethe',
      name: 'Requests',
      unit: 'Count',
      dimensions: { service: 'demo', route: 'GET /products/:id', outcome: 'refused' },
      values: [1],
    });
    expect(requests).toContainEqual(expect.objectContaining({ dimensions: { service: 'demo', outcome: 'failed' } }));
    const times = found.find(({ name, dimensions }) => name === 'RequestTime' && !('route' in dimensions));
    expect(times?.values).toHaveLength(3);
  });

  it('tells by how much counters grew, and nothing of what stood still', async () => {
    const { metrics, report } = arrange();
    metrics.observeRequest('GET', '/x', 200, 0.02);
    await report();
    metrics.observeRequest('GET', '/x', 200, 0.02);
    metrics.observeRequest('GET', '/x', 200, 0.02);

    const second = await report();
    const third = await report();

    const answered = { service: 'demo', outcome: 'answered' };
    expect(second).toContainEqual(expect.objectContaining({ name: 'Requests', dimensions: answered, values: [2] }));
    expect(third.filter(({ name }) => name.startsWith('Request'))).toEqual([]);
  });

  it('R17: writes the lag of outbox and streams, the worst of what is left out', async () => {
    const { metrics, report } = arrange();
    const { registry } = metrics;
    const registers = [registry];
    new Gauge({ name: 'outbox_oldest_row_age_seconds', help: 'x', registers }).set(12);
    const lag = new Gauge({ name: 'stream_lag_seconds', help: 'x', labelNames: ['stream', 'shard'], registers });
    lag.set({ stream: 'clicks', shard: '1' }, 3);
    lag.set({ stream: 'clicks', shard: '2' }, 7.5);
    new Counter({ name: 'stream_leases_total', help: 'x', labelNames: ['stream', 'event'], registers }).inc(
      { stream: 'clicks', event: 'lost' },
      4,
    );

    const found = await report();

    const of = (name: string) => found.find((one) => one.name === name);
    expect(of('OutboxLag')).toMatchObject({ unit: 'Seconds', dimensions: { service: 'demo' }, values: [12] });
    expect(of('StreamLag')).toMatchObject({
      unit: 'Milliseconds',
      dimensions: { service: 'demo', stream: 'clicks' },
      values: [7_500],
    });
    expect(of('LeaseMoves')).toMatchObject({ dimensions: { service: 'demo', stream: 'clicks' }, values: [4] });
  });

  it('writes metrics of an app, and whatever level lines have', async () => {
    const { metrics, report } = arrange({ level: 'error' });
    new Counter({ name: 'orders_total', help: 'x', labelNames: ['outcome'], registers: [metrics.registry] }).inc(
      { outcome: 'placed' },
      3,
    );
    metrics.publish({
      source: 'orders_total',
      name: 'Orders',
      unit: 'Count',
      takes: 'increase',
      dimensions: [['outcome']],
    });

    const found = await report();

    expect(found).toContainEqual(
      expect.objectContaining({ name: 'Orders', dimensions: { outcome: 'placed' }, values: [3] }),
    );
  });

  it('leaves out what cannot be read, says so, and writes the rest', async () => {
    const { metrics, lines, report } = arrange();
    metrics.observeRequest('GET', '/x', 200, 0.02);
    const away = () => {
      throw new Error('the database is away');
    };
    metrics.registry.registerMetric(new Gauge({ name: 'outbox_rows', help: 'x', registers: [], collect: away }));

    const found = await report();

    expect(found.map(({ name }) => name)).toContain('Requests');
    expect(lines.filter((line) => line.includes('the database is away'))).toHaveLength(1);
  });

  it('has few lines: one for each tuple of dimensions', async () => {
    const { metrics, lines, report } = arrange();
    for (let at = 0; at < 5_000; at += 1) metrics.observeRequest('GET', '/x', 200, at / 5_000);

    await report();

    // The service's own; with its outcome; with its route; with both.
    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(2_000);
  });
});

describe('spreadOf', () => {
  it('has every observation where there are few, and hundredths where there are many', () => {
    const few = spreadOf([
      { le: 0.1, count: 1 },
      { le: 1, count: 3 },
      { le: Infinity, count: 3 },
    ]);
    const many = spreadOf([
      { le: 0.1, count: 9_800 },
      { le: 1, count: 10_000 },
      { le: Infinity, count: 10_000 },
    ]);

    expect(few).toEqual([0.05, 0.325, 0.775]);
    expect(many).toHaveLength(100);
    expect(many.filter((value) => value > 0.1)).toHaveLength(2);
  });

  it('knows nothing beyond the last bound, and of no observations', () => {
    const beyond = [
      { le: 10, count: 0 },
      { le: Infinity, count: 2 },
    ];

    expect(spreadOf(beyond)).toEqual([10, 10]);
    expect(spreadOf([{ le: Infinity, count: 0 }])).toEqual([]);
  });
});
