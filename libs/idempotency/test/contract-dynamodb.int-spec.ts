import { describeIdempotency } from './describe-idempotency.js';
import { DynamoFixture } from './dynamo.fixture.js';

const setUp = async () => {
  const fixture = await DynamoFixture.create();
  return {
    replica: () => fixture.keys({ onError: () => undefined }),
    away: () => Promise.resolve(fixture.keys({ table: 'no-such-table' })),
    // A claim lives for twice the 30 s of a request.
    die: async () => {
      fixture.clock.advance(60_000);
      return Promise.resolve();
    },
    passTime: async (ms: number) => {
      fixture.clock.advance(ms);
      return Promise.resolve();
    },
    failure: 'kept' as const,
    clear: () => fixture.clear(),
    close: async () => Promise.resolve(fixture.close()),
  };
};

describeIdempotency('DynamoDB', setUp, 'Fastify');
describeIdempotency('DynamoDB', setUp, 'Express');
