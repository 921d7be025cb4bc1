import { Counter, Gauge, type Registry } from 'prom-client';
import type { Cache } from './cache.js';

/**
 * Shows on /metrics what the cache does: `cache_events_total` by policy and event (`hit`, `stale`, `miss`, `loaded` …,
 * see `CacheEvent`), whether the store answers, and how many loads are running.
 */
export function registerCacheMetrics(registry: Registry, cache: Pick<Cache, 'counts' | 'healthy' | 'loading'>): void {
  const events = new Counter({
    name: 'cache_events_total',
    help: 'How questions were answered, and what became of loads, entries and orders to forget.',
    labelNames: ['policy', 'event'],
    registers: [registry],
    collect: () => {
      events.reset();
      for (const { policy, event, count } of cache.counts.entries()) events.inc({ policy, event }, count);
    },
  });
  const up: Gauge = new Gauge({
    name: 'cache_store_up',
    help: 'Whether the store of the cache answers: 1, or 0 while loads go on without it.',
    registers: [registry],
    collect: () => up.set(cache.healthy ? 1 : 0),
  });
  const running: Gauge = new Gauge({
    name: 'cache_loads_running',
    help: 'Loads under way.',
    registers: [registry],
    collect: () => running.set(cache.loading),
  });
}
