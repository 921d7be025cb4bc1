export { AwsModule } from './aws.module.js';
export { AUDIENCE, type BaseConfig, identityOf, parseConfig, readConfig, serviceConfigSchema } from './config.js';
export { type ServiceOptions, createService } from './create-service.js';
export { type DrainOptions, drain } from './drain/drain.js';
export { Lifecycle } from './drain/lifecycle.js';
export { BALANCER_IDLE_SECONDS } from './http/adapter.js';
export { StreamBody } from './http/stream-body.js';
export { Metrics } from './observe/metrics.js';
export { type Readiness, ReadinessRegistry } from './observe/readiness.js';
export { RateLimiter, type RateLimiterOptions, type RateRule } from './rate-limiter.js';
export { type RunOptions, runService } from './run-service.js';
export {
  CheckTimeoutError,
  ConfigError,
  OverloadedError,
  RateLimitUnavailableError,
  TooManyRequestsError,
  UnguardedError,
} from './service-kit.errors.js';
export { CONFIG, LOGGER } from './tokens.js';
export { type Logger } from 'pino';
