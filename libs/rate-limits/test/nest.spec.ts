import { FakeClock } from '@lethe/testing';
import { type CanActivate, Controller, type ExecutionContext, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RateLimit } from '../src/nest/rate-limit.decorator.js';
import { RateLimitsModule } from '../src/nest/rate-limits.module.js';
import { RateLimiter } from '../src/rate-limiter.js';
import { RateRuleError } from '../src/rate-limits.errors.js';
import { type RequestRule } from '../src/web/limit-request.js';
import { MemoryRateLimits } from './memory-rate-limits.js';

@Controller()
class OrdersController {
  @Get('orders')
  @RateLimit('orders-user', 'orders-all')
  place(): string {
    return 'placed';
  }

  @Get('free')
  free(): string {
    return 'free';
  }
}

interface Visitor {
  headers: Record<string, string | undefined>;
  user?: string | undefined;
}

class KnowsUsers implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Visitor>();
    request.user = request.headers['x-user'];
    return true;
  }
}

const rules: readonly RequestRule[] = [
  { name: 'orders-user', limit: 2, windowSeconds: 60, by: 'principal' },
  { name: 'orders-all', limit: 5, windowSeconds: 60, by: 'everyone' },
];

describe('@RateLimit', () => {
  let app: NestFastifyApplication | undefined;
  const clock = new FakeClock();
  afterEach(() => app?.close());

  const start = async (given: readonly RequestRule[]): Promise<NestFastifyApplication> => {
    @Module({
      imports: [
        RateLimitsModule.forRoot({
          rules: given,
          limiter: new RateLimiter({ store: new MemoryRateLimits(clock) }),
          principalOf: (request) => (request as Visitor).user,
        }),
      ],
      controllers: [OrdersController],
      providers: [{ provide: APP_GUARD, useClass: KnowsUsers }],
    })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    return app;
  };
  const ask = async (from: NestFastifyApplication, url: string, user?: string, ip = '203.0.113.1') => {
    const headers = user === undefined ? {} : { 'x-user': user };
    return from.inject({ url, headers, remoteAddress: ip });
  };

  it('S51: limits each principal, wherever he calls from, and all together', async () => {
    const served = await start(rules);
    const statuses: number[] = [];
    for (const [user, ip] of [
      ['ada', '203.0.113.1'],
      ['ada', '203.0.113.2'],
      ['ada', '203.0.113.3'],
      ['grace', '203.0.113.1'],
      ['grace', '203.0.113.1'],
      ['alan', '203.0.113.4'],
      ['joan', '203.0.113.5'],
    ] as const) {
      statuses.push((await ask(served, '/orders', user, ip)).statusCode);
    }

    // The refusal of a rule of one's own comes before, and takes nothing of, what is for all.
    expect(statuses.map((status) => (status === 200 ? 'ok' : 'refused'))).toEqual([
      'ok',
      'ok',
      'refused',
      'ok',
      'ok',
      'ok',
      'refused',
    ]);
  });

  it('counts the address where nobody is signed in', async () => {
    const served = await start(rules);
    const outcomes = [];
    for (const ip of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2']) {
      outcomes.push((await ask(served, '/orders', undefined, ip)).statusCode === 200);
    }

    expect(outcomes).toEqual([true, true, false, true]);
  });

  it('leaves alone whom a rule does not concern', async () => {
    const served = await start(
      rules.map((rule) => ({ ...rule, unless: (request) => (request as Visitor).user === 'admin' })),
    );
    const statuses = [];
    for (const user of ['admin', 'admin', 'admin', 'ada'])
      statuses.push((await ask(served, '/orders', user)).statusCode);

    expect(statuses).toEqual([200, 200, 200, 200]);
    expect((await ask(served, '/orders', 'admin')).headers).not.toHaveProperty('ratelimit');
  });

  it('says what is left on limited routes, and costs the others nothing', async () => {
    const served = await start(rules);

    expect((await ask(served, '/orders', 'ada')).headers).toMatchObject({
      'ratelimit-policy': '"orders-user";q=2;w=60, "orders-all";q=5;w=60',
      ratelimit: '"orders-user";r=1;t=60, "orders-all";r=4;t=60',
    });
    expect((await ask(served, '/free', 'ada')).headers).not.toHaveProperty('ratelimit');
  });

  it('does not let an application start that names a rule which is not there', async () => {
    await expect(start(rules.slice(0, 1))).rejects.toThrow(new RateRuleError('there is no rule "orders-all"'));
  });

  it('does not let an application start with a rule that cannot be kept', () => {
    expect(() => RateLimitsModule.forRoot({ rules: [{ ...rules[0], limit: 0 } as RequestRule] })).toThrow(
      RateRuleError,
    );
    expect(() => RateLimitsModule.forRoot({ rules: [...rules, ...rules] })).toThrow(RateRuleError);
  });
});
