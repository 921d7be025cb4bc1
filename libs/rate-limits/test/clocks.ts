import { randomUUID } from 'node:crypto';
import { FakeClock } from '@lethe/testing';
import { expect, it } from '@jest/globals';
import { type StoreUnderTest, limitersOf, outcome, rule, takeAll } from './limits.fixture.js';

/** What replicas do whose clocks differ, and what is seen of their keys. */
export function itToleratesClocks(under: () => StoreUnderTest): void {
  const limiterAt = limitersOf(under);

  it('R36: counts a permit at least a whole window, though the clock of the next replica lags behind', async () => {
    const [ahead, behind] = [new FakeClock(), new FakeClock()];
    behind.set(ahead.now() - 300_000);
    const key = randomUUID();
    await takeAll(limiterAt(ahead), key);

    expect(await outcome(limiterAt(behind).take(rule, key))).toBe(360);
    ahead.advance(60_000);
    expect(await outcome(limiterAt(ahead).take(rule, key))).toBe('ok');
  });

  it('S51: counts each key and each rule for itself', async () => {
    const limiter = limiterAt();
    const key = randomUUID();
    await takeAll(limiter, key);

    expect(await outcome(limiter.take(rule, randomUUID()))).toBe('ok');
    expect(await outcome(limiter.take({ ...rule, name: 'another' }, key))).toBe('ok');
    expect(await outcome(limiter.take(rule, key))).not.toBe('ok');
  });

  it('S54: keeps no key in the clear', async () => {
    await limiterAt().take(rule, 'ada@example.com');

    expect((await under().contents()).text).not.toContain('ada@');
  });
}
