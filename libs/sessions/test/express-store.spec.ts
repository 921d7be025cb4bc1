import { jest } from '@jest/globals';
import { FakeClock } from '@lethe/testing';
import { MemoryStore } from 'express-session';
import { LetheExpressStore } from '../src/express/lethe-express-store.js';
import { describeExpressStore } from './support/express-store-contract.js';
import { FakeSessionStore } from './support/fake-session-store.js';

describeExpressStore("express-session's MemoryStore", async () => {
  const clock = new FakeClock();
  const now = jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
  return { store: new MemoryStore(), clock, stop: async () => now.mockRestore() };
});

describeExpressStore('LetheExpressStore in memory', async () => {
  const clock = new FakeClock();
  return { store: new LetheExpressStore({ store: new FakeSessionStore(clock), clock }), clock };
});
