import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '@lethe/aws';
import { FakeClock } from '@lethe/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RateLimiter } from '../src/rate-limiter.js';
import { TooManyRequestsError } from '../src/rate-limits.errors.js';
import { type RateRule } from '../src/rate-rule.js';
import { provisionTable } from '@lethe/aws/provision';
import { DynamoDbRateLimits } from '../src/store/dynamodb-rate-limits.js';
import { ageCounters } from '../src/testing.js';
import { describeRateLimitStore } from './describe-rate-limit-store.js';

const clientsHere = () => new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });

async function createLimitsTable({ dynamodb }: AwsClients): Promise<string> {
  const table = `limits-${randomUUID()}`;
  await provisionTable({ name: table, partitionKey: 'id' }, dynamodb);
  return table;
}

describeRateLimitStore('DynamoDB', async () => {
  const clients = clientsHere();
  const table = await createLimitsTable(clients);
  return {
    replica: (clock) => new DynamoDbRateLimits({ clients, table, ...(clock && { clock }) }),
    contents: async () => {
      const { Items = [] } = await clients.dynamodb.send(new ScanCommand({ TableName: table }));
      const sizes = Items.map((item) => (item['log']?.B?.length ?? 0) + 250);
      return { text: JSON.stringify(Items), largestBytes: Math.max(...sizes) };
    },
    close: async () => clients.close(),
  };
});

describe('DynamoDbRateLimits', () => {
  const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };
  const clients = clientsHere();
  let table: string;
  beforeAll(async () => {
    table = await createLimitsTable(clients);
  });
  afterAll(() => clients.close());

  /** Calls of DynamoDB that this costs. */
  const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const calls = () => Object.values(clients.calls.snapshot()).reduce((sum, { operations }) => sum + operations, 0);
    const before = calls();
    await work();
    return calls() - before;
  };

  it('costs one call for a counter at rest', async () => {
    const limiter = new RateLimiter({ store: new DynamoDbRateLimits({ clients, table }) });
    // The first call of a process also finds out the time.
    await limiter.peek(rule, randomUUID());

    expect(await callsOf(() => limiter.take(rule, randomUUID()))).toBe(1);
  });

  it('R11: costs a few calls for a flood of one counter, not one per request', async () => {
    const limiter = new RateLimiter({ store: new DynamoDbRateLimits({ clients, table }) });
    const key = randomUUID();

    const calls = await callsOf(() =>
      Promise.allSettled(Array.from({ length: 500 }, () => limiter.take({ ...rule, limit: 100 }, key))),
    );

    expect(calls).toBeLessThan(10);
  });

  it('R36: counts by the clock of DynamoDB where the clocks of replicas are off by five minutes', async () => {
    const replicas = [-300_000, 0, 300_000].map((skewMs) => {
      const ownClock = { now: () => Date.now() + skewMs };
      return new RateLimiter({ store: new DynamoDbRateLimits({ clients, table, ownClock }) });
    });
    const key = randomUUID();

    const outcomes = await Promise.allSettled(
      replicas.flatMap((replica) => Array.from({ length: 10 }, () => replica.take(rule, key))),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const replica of replicas) {
      const refusal: unknown = await replica.take(rule, key).catch((reason: unknown) => reason);
      expect(refusal).toBeInstanceOf(TooManyRequestsError);
      expect(refusal instanceof TooManyRequestsError && Math.abs(refusal.retryAfterSeconds - 60)).toBeLessThanOrEqual(
        3,
      );
    }
  });

  it('begins anew with a counter that was not swept, in one call', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter({ store: new DynamoDbRateLimits({ clients, table, clock }) });
    const key = randomUUID();
    await limiter.take(rule, key);
    clock.advance(60_000);

    expect(await callsOf(() => limiter.take(rule, key))).toBe(1);
    expect(await limiter.peek(rule, key)).toMatchObject({ remaining: 4 });
  });

  it('lets a test pass time', async () => {
    const own = await createLimitsTable(clients);
    const limiter = new RateLimiter({ store: new DynamoDbRateLimits({ clients, table: own }) });
    for (let index = 0; index < 5; index += 1) await limiter.take(rule, 'ada');

    await ageCounters(own, clients.dynamodb, 60_000);

    expect(await limiter.peek(rule, 'ada')).toMatchObject({ remaining: 5 });
  });

  it('says when a counter may be swept: after its last permit came back, by any clock within 10 minutes', async () => {
    const clock = new FakeClock();
    const own = await createLimitsTable(clients);
    const limiter = new RateLimiter({ store: new DynamoDbRateLimits({ clients, table: own, clock }) });
    await limiter.take(rule, randomUUID());

    const { Items } = await clients.dynamodb.send(new ScanCommand({ TableName: own }));

    expect(Items?.map((item) => Number(item['expiresAt']?.N))).toEqual([clock.now() / 1000 + 60 + 600]);
  });

  it('fails open or closed, as the rule says, when the table cannot be reached', async () => {
    const errors: unknown[] = [];
    const store = new DynamoDbRateLimits({ clients, table: 'no-such-table' });
    const lost = new RateLimiter({ store, onError: (error) => errors.push(error) });

    expect(await lost.take(rule, 'x')).toMatchObject({ enforced: false });
    expect(await lost.peek(rule, 'x')).toMatchObject({ enforced: false });
    await expect(lost.take({ ...rule, onFailure: 'closed' }, 'x')).rejects.toMatchObject({ status: 503 });
    expect(errors).toHaveLength(3);
  });
});
