export { AwsModule } from './aws.module.js';
export {
  AUDIENCE,
  type BaseConfig,
  identityOf,
  ownIssuerUrl,
  cognitoOf,
  ownIssuerOf,
  parseConfig,
  readConfig,
  serviceConfigSchema,
} from './config.js';
export { type DatabaseConfig, databaseConfig, databaseOf } from './database-config.js';
export { type ServiceOptions, createService } from './create-service.js';
export { type DrainOptions, drain } from './drain/drain.js';
export { Lifecycle } from './drain/lifecycle.js';
export { type EmfMetric, type Labels } from './emf/emf-metric.js';
export { kitMetrics } from './emf/kit-metrics.js';
export { EventStream, type StreamStart } from './event-streams/event-stream.js';
export { EventStreams, type StreamLimits } from './event-streams/event-streams.js';
export { BALANCER_IDLE_SECONDS } from './http/adapter.js';
export { FormBody } from './http/form-body.js';
export { LongAnswer } from './http/long-answer.js';
export { RawBody } from './http/raw-body.js';
export { StreamBody } from './http/stream-body.js';
export { Metrics } from './observe/metrics.js';
export { type Readiness, ReadinessRegistry } from './observe/readiness.js';
export { TaskProtection, type TaskProtectionOptions } from './protection/task-protection.js';
export { holdsRole, routeLimits } from './limits.module.js';
export { type RunOptions, runService } from './run-service.js';
export {
  CheckTimeoutError,
  ConfigError,
  OverloadedError,
  TooManyStreamsError,
  UnguardedError,
} from './service-kit.errors.js';
export { CONFIG, LOGGER, VALKEY } from './tokens.js';
export { type Logger } from 'pino';
export { keyOwnerOf } from './http/key-owner.js';
