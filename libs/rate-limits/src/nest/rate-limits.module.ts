import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { checkedRule } from '../counter-of.js';
import { RateLimiter } from '../rate-limiter.js';
import { type RequestRule } from '../web/limit-request.js';
import { PRINCIPAL_OF, RateLimitGuard } from './rate-limit.guard.js';
import { RequestRules, limitsOf } from './rate-limits.metadata.js';

/** Options of {@link RateLimitsModule.forRoot}. */
export interface RateLimitsOptions {
  /** The rules that routes name. */
  readonly rules: readonly RequestRule[];
  /** Who calls, by an id of his own; undefined where nobody is signed in. */
  readonly principalOf?: (request: object) => string | undefined;
  /** Left out where a global module provides {@link RateLimiter}. */
  readonly limiter?: RateLimiter;
}

/** Gives `@RateLimit` its rules. An application that names a rule which is not among them does not start. */
@Module({})
export class RateLimitsModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly rules: RequestRules,
  ) {}

  /** Throws a RateRuleError for rules that cannot be kept. */
  static forRoot({ rules, principalOf, limiter }: RateLimitsOptions): DynamicModule {
    return {
      module: RateLimitsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        MetadataScanner,
        { provide: RequestRules, useValue: new RequestRules(rules.map(checkedRequestRule)) },
        { provide: PRINCIPAL_OF, useValue: principalOf ?? (() => undefined) },
        ...(limiter ? [{ provide: RateLimiter, useValue: limiter }] : []),
        RateLimitGuard,
      ],
      exports: [RequestRules, PRINCIPAL_OF, RateLimitGuard, ...(limiter ? [RateLimiter] : [])],
    };
  }

  /** Throws a RateRuleError where a route names a rule that there is not. */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (typeof handler === 'function') limitsOf(handler, metatype).forEach((rule) => this.rules.named(rule));
      }
    }
  }
}

function checkedRequestRule(rule: RequestRule): RequestRule {
  checkedRule(rule);
  return rule;
}
