import { describeWithValkey } from '@lethe/local-cloud';
import { describeSessions } from './support/session-policy-contract.js';
import { describeSessionStore } from './support/session-store-contract.js';
import { valkeyPlace } from './support/valkey-place.js';

describeWithValkey('a real server', (url) => {
  describeSessionStore('Valkey', () => valkeyPlace(url));
  describeSessions('Valkey', () => valkeyPlace(url));
});
