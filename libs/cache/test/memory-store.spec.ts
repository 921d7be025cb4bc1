import { VirtualTime } from '@lethe/kernel/virtual-time';
import { describeCacheStore } from './cache-store.contract.js';
import { MemoryStore } from './memory-store.js';

describeCacheStore('that of the simulations', () => {
  const time = new VirtualTime();
  return Promise.resolve({ store: new MemoryStore(time), elapse: (ms) => time.advance(ms) });
});
