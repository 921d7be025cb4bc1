import { randomUUID } from 'node:crypto';
import { CreateTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '@lethe/aws';
import { FakeClock } from '@lethe/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RateLimiter, type RateRule } from '../src/rate-limiter.js';
import { TooManyRequestsError } from '../src/service-kit.errors.js';

describe('RateLimiter', () => {
  const table = `limits-${randomUUID()}`;
  const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  const clock = new FakeClock('2026-01-01T00:00:00Z');
  const limiter = new RateLimiter({ clients, table, clock });
  const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };

  beforeAll(async () => {
    await clients.dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
  });
  afterAll(() => clients.close());

  const outcome = (call: Promise<void>) =>
    call.then(
      () => 'ok',
      (error: unknown) => (error instanceof TooManyRequestsError ? error.retryAfterSeconds : error),
    );

  it('S27: lets through exactly the limit of many calls at once, from several replicas', async () => {
    const other = new RateLimiter({ clients, table, clock });

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => outcome((index % 2 ? limiter : other).take(rule, 'burst'))),
    );

    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(5);
    expect(outcomes.filter((each) => each === 60)).toHaveLength(15);
  });

  it('counts each key for itself, and begins anew with the next window', async () => {
    const start = clock.now();
    for (const _ of [1, 2, 3, 4, 5]) await limiter.take(rule, 'ada');
    clock.advance(59_000);

    expect(await outcome(limiter.peek(rule, 'ada'))).toBe(1);
    expect(await outcome(limiter.peek(rule, 'grace'))).toBe('ok');
    clock.advance(1_000);
    expect(await outcome(limiter.take(rule, 'ada'))).toBe('ok');
    clock.set(start);
  });

  it('takes nothing when it peeks', async () => {
    for (let index = 0; index < 10; index += 1) await limiter.peek(rule, 'peeked');

    expect(await outcome(limiter.take(rule, 'peeked'))).toBe('ok');
  });

  it('S54: stores no key in the clear, and when to sweep it', async () => {
    await limiter.take(rule, 'ada@example.com');

    const { Items } = await clients.dynamodb.send(new ScanCommand({ TableName: table }));

    expect(JSON.stringify(Items)).not.toContain('ada@example.com');
    expect(Items?.every((item) => Number(item['expiresAt']?.N) > clock.now() / 1000)).toBe(true);
  });

  it('fails open or closed, as the rule says, when the counters cannot be reached', async () => {
    const errors: unknown[] = [];
    const lost = new RateLimiter({ clients, table: 'no-such-table', onError: (error) => errors.push(error) });

    expect(await outcome(lost.take(rule, 'x'))).toBe('ok');
    expect(await outcome(lost.peek(rule, 'x'))).toBe('ok');
    await expect(lost.take({ ...rule, onFailure: 'closed' }, 'x')).rejects.toMatchObject({ status: 503 });
    expect(errors).toHaveLength(3);
  });
});
