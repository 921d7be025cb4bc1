export { LocalCloudError } from '@lethe/local-cloud';
export { type Answer, type ClientOptions, type RequestOptions, StoreClient } from './client.js';
export { StoreRefusal, StoreUnreachable } from './client.errors.js';
export { type ImportProgress, importCatalog, openCatalogFile } from './import-catalog.js';
export { root } from './services.js';
export { addressOf, adminPasswordOf } from './state.js';
export { type QueueDepth, type ReplicaStatus, type StoreStatus, statusSchema } from './status.js';
export { type RunningStore, type StoreEvent, type StoreOptions, startStore } from './store.js';
export { StoreStartError, StoreStateError } from './store.errors.js';
