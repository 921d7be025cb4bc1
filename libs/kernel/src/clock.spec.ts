import { expect, it } from '@jest/globals';
import { systemClock } from './clock.js';

it('tells the time of the system', () => {
  const before = Date.now();
  const now = systemClock.now();

  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
