import {
  type ExecutionContext,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IDEMPOTENT_ROUTE, type IdempotentRouteOptions, contextOf } from './idempotent-route.js';

/**
 * Runs a route once per `Idempotency-Key`, which is required, and replays its status, body and selected headers. On a
 * controller: all of its routes but GET, HEAD, OPTIONS and DELETE, where a key is ignored (I13). Needs
 * `IdempotentRoutesModule`. An answer that ought to be remembered is returned, one that ought not is thrown.
 */
export const Idempotent = (options: IdempotentRouteOptions = {}): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(IDEMPOTENT_ROUTE, options), UseInterceptors(IdempotencyInterceptor));

/**
 * What binds a route's work to its key, as a parameter: on Postgres the transaction (`Tx`) that the key is written in,
 * on DynamoDB the claim (`IdempotencyClaim`). Undefined where a key is neither required nor given.
 */
export const IdempotentContext: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => contextOf(context.switchToHttp().getRequest<object>()),
);
