import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { RateLimiter } from '../rate-limiter.js';
import { type LimitedReply, type LimitedRequest, type RequestRule, limitRequest } from '../web/limit-request.js';
import { RequestRules, limitsOf } from './rate-limits.metadata.js';

/** Injects who calls a request; see RateLimitsOptions. */
export const PRINCIPAL_OF = Symbol('lethe.rate-limits.principal-of');

/** Keeps the limits that `@RateLimit` names, for HTTP on Fastify or Express. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  readonly #byHandler = new WeakMap<object, readonly RequestRule[]>();

  constructor(
    private readonly limiter: RateLimiter,
    private readonly rules: RequestRules,
    @Optional() @Inject(PRINCIPAL_OF) private readonly principalOf?: (request: object) => string | undefined,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const { limiter, principalOf } = this;
    await limitRequest(
      { limiter, principalOf, rules: this.#rulesOf(context) },
      http.getRequest<LimitedRequest>(),
      http.getResponse<LimitedReply>(),
    );
    return true;
  }

  #rulesOf(context: ExecutionContext): readonly RequestRule[] {
    const handler = context.getHandler();
    const known = this.#byHandler.get(handler);
    if (known) return known;
    const rules = limitsOf(handler, context.getClass()).map((name) => this.rules.named(name));
    this.#byHandler.set(handler, rules);
    return rules;
  }
}
