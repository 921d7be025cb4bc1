// Needs no client: whatever runs statements will do.
export { checkpointTable, dropCheckpointTable } from './consumer/handling/checkpoints/checkpoint-table.js';
export {
  type CheckpointedBatch,
  PostgresCheckpoints,
  type PostgresCheckpointsOptions,
  type PostgresQuerier,
} from './consumer/handling/checkpoints/postgres-checkpoints.js';
export { BatchAppliedError, StaleBatchError } from './streaming.errors.js';
