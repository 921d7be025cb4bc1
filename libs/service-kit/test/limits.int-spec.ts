import { randomUUID } from 'node:crypto';
import { AwsClients } from '@lethe/aws';
import { Public } from '@lethe/identity';
import { describeWithValkey } from '@lethe/local-cloud';
import { RateLimit } from '@lethe/rate-limits/nest';
import { provisionTable } from '@lethe/aws/provision';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { routeLimits } from '../src/limits.module.js';
import { type Demo, demoIdentity, startDemo } from './demo-service.js';

@Controller('demo')
class LimitedController {
  @Get('limited')
  @Public()
  @RateLimit('demo-address')
  limited() {
    return { ok: true };
  }
}

const started: Demo[] = [];

/** One replica with a route of two calls a minute. */
async function start(env: Record<string, string>, onFailure: 'open' | 'closed' = 'open') {
  @Module({
    imports: [
      demoIdentity,
      routeLimits([{ name: 'demo-address', limit: 2, windowSeconds: 60, by: 'address', onFailure }]),
    ],
    controllers: [LimitedController],
  })
  class LimitedModule {}
  const demo = await startDemo({ AWS_REGION: process.env['AWS_REGION'] ?? 'eu-west-1', ...env }, LimitedModule);
  started.push(demo);
  const ask = (ip: string) => demo.app.inject({ url: '/demo/limited', headers: { 'x-forwarded-for': ip } });
  return { ask, lines: demo.lines };
}

afterEach(async () => {
  for (const { app } of started.splice(0)) await app.close();
});

describe('limits of a service', () => {
  const table = `limits-${randomUUID()}`;
  const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  beforeAll(() => provisionTable({ name: table, partitionKey: 'id' }, clients.dynamodb));
  afterAll(() => clients.close());

  it('S51: are shared by its replicas, and refuse by a problem with Retry-After and what is left', async () => {
    const [one, other] = [await start({ RATE_LIMITS_TABLE: table }), await start({ RATE_LIMITS_TABLE: table })];
    const ip = '203.0.113.1';

    const first = await one.ask(ip);
    await other.ask(ip);
    const refused = await one.ask(ip);

    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"demo-address";q=2;w=60',
      ratelimit: '"demo-address";r=1;t=60',
    });
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.headers).toMatchObject({
      ratelimit: `"demo-address";r=0;t=${refused.headers['retry-after']?.toString()}`,
    });
    expect(refused.json()).toMatchObject({
      type: 'urn:lethe:problem:too-many-requests',
      status: 429,
      'violated-policies': ['demo-address'],
    });
  });

  it('S60: say in the security log which limit was hit, by whom', async () => {
    const { ask, lines } = await start({ RATE_LIMITS_TABLE: table });
    for (let index = 0; index < 3; index += 1) await ask('203.0.113.2');

    expect(lines.filter(({ event }) => event === 'denied')).toEqual([
      expect.objectContaining({ status: 429, slug: 'too-many-requests', limit: 'demo-address', ip: '203.0.113.2' }),
    ]);
  });

  it('S50: count the address that the trusted hops report, whatever stands before it', async () => {
    const { ask } = await start({ RATE_LIMITS_TABLE: table });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await ask(`10.0.0.${index}, 203.0.113.3`)).statusCode);

    expect(statuses).toEqual([200, 200, 429]);
  });

  it('let through and say so, or answer 503 with Retry-After, when the counters are away', async () => {
    const [open, closed] = [
      await start({ RATE_LIMITS_TABLE: 'no-such-table' }),
      await start({ RATE_LIMITS_TABLE: 'no-such-table' }, 'closed'),
    ];

    expect((await open.ask('203.0.113.4')).statusCode).toBe(200);
    expect(open.lines).toContainEqual(
      expect.objectContaining({ msg: 'a limit cannot be counted', limit: 'demo-address' }),
    );
    const refused = await closed.ask('203.0.113.4');
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ type: 'urn:lethe:problem:rate-limit-unavailable' });
  });

  it('R31: a service starts without its Valkey, and goes on', async () => {
    const { ask, lines } = await start({ VALKEY_URL: 'redis://127.0.0.1:1' });

    expect((await ask('203.0.113.5')).statusCode).toBe(200);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'no connection to Valkey; it is sought on' }));
  });
});

describeWithValkey('limits of a service with VALKEY_URL', (url) => {
  it('S51: are counted in Valkey, for all replicas', async () => {
    const env = { VALKEY_URL: url, RATE_LIMITS_TABLE: 'no-such-table' };
    const [one, other] = [await start(env, 'closed'), await start(env, 'closed')];

    const statuses = [];
    for (const { ask } of [one, other, one, other]) statuses.push((await ask('203.0.113.6')).statusCode);

    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
