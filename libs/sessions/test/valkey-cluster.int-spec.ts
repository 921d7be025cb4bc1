import { afterAll, beforeAll } from '@jest/globals';
import { type TestValkeyCluster, describeWithValkey, startTestValkeyCluster } from '@lethe/local-cloud';
import { describeSessions } from './support/session-policy-contract.js';
import { describeSessionStore } from './support/session-store-contract.js';
import { valkeyPlace } from './support/valkey-place.js';

describeWithValkey('a cluster of three nodes', () => {
  let cluster: TestValkeyCluster;

  beforeAll(async () => {
    cluster = await startTestValkeyCluster();
  });
  afterAll(() => cluster.stop());

  describeSessionStore('a Valkey cluster', () => valkeyPlace(cluster.url));
  describeSessions('a Valkey cluster', () => valkeyPlace(cluster.url));
});
