import { describeWithValkey } from '@lethe/local-cloud';
import { FakeClock } from '@lethe/testing';
import { LetheExpressStore } from '../src/express/lethe-express-store.js';
import { dynamodbPlace } from './support/dynamodb-place.js';
import { describeExpressStore } from './support/express-store-contract.js';
import { type StoreUnderTest } from './support/store-under-test.js';
import { valkeyPlace } from './support/valkey-place.js';

async function on(place: StoreUnderTest) {
  const clock = new FakeClock();
  return { store: new LetheExpressStore({ store: await place.open(clock), clock }), clock, stop: () => place.close() };
}

describeExpressStore('LetheExpressStore on DynamoDB', async () => on(await dynamodbPlace()));

describeWithValkey('a real server', (url) => {
  describeExpressStore('LetheExpressStore on Valkey', async () => on(await valkeyPlace(url)));
});
