export { NOTHING } from './affected.js';
export { DeliveryError } from './delivery.errors.js';
export {
  BASE_PARAMETER,
  CLUSTER,
  COMMIT_PARAMETER,
  CONTAINER,
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  DEPLOYER_ROLE,
  REGISTRY_PRESENT,
  WEB_BUCKET_PARAMETER,
  WEB_DISTRIBUTION_PARAMETER,
  WEB_PAGES_PARAMETER,
  digestParameter,
  migrationName,
  recordsBucket,
  repositoryName,
  webBucket,
  webName,
  workerName,
} from './names.js';
export { CACHE_CONTROL, type Page, pagesOf } from './pages/pages.js';
export { type CommandOptions, type RunCommand, runCommand } from './run-command.js';
export {
  KEYED,
  PROVIDED,
  type ProvidedSecret,
  SERVICE_KEYS_SECRET,
  isGenerated,
  serviceKeySecret,
} from './secrets/names.js';
