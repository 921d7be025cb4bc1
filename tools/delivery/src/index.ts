export { DeliveryError } from './delivery.errors.js';
export {
  BASE_PARAMETER,
  CLUSTER,
  COMMIT_PARAMETER,
  CONTAINER,
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  DEPLOYER_ROLE,
  digestParameter,
  migrationName,
  recordsBucket,
  repositoryName,
  webName,
  workerName,
} from './names.js';
