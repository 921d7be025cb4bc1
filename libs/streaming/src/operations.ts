export { type ApplicationLease, leasesOf } from './operations/application-leases.js';
export {
  type ReplayProgress,
  type ReplayTarget,
  replayProgress,
  replayed,
  requestReplay,
} from './operations/replay.js';
export { type ReshardPlan, reshard } from './operations/reshard.js';
export { type ShardLag, lagOf } from './operations/shard-lag.js';
export { type StreamStatus, describeStream } from './operations/stream-status.js';
export { NoShardCountError } from './streaming.errors.js';
