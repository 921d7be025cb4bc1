export { CacheCounts, type CacheEvent } from './cache-counts.js';
export { CacheOverloadedError, CachePolicyError, StrangeEntryError } from './cache.errors.js';
export { registerCacheMetrics } from './cache.metrics.js';
export type { CacheStore, EntryAddress, EntryLife, Lookup } from './cache-store.js';
export { Cache } from './cache.js';
export type { CacheKey, CacheOptions, CachePolicy, CacheRequest } from './cache.types.js';
export { ValkeyCacheStore } from './valkey-store.js';
