// Apart from the rest, since it needs Prometheus' client.
export { type ObservedGroup, type ObservedShard, StreamMetrics } from './consumer/handling/stream-metrics.js';
