import { randomUUID } from 'node:crypto';
import { FakeClock } from '@lethe/testing';
import { expect, it } from '@jest/globals';
import { type StoreUnderTest, limitersOf, outcome, rule, takeAll } from './limits.fixture.js';

/** Never one too many, never one too few, however many ask at once. */
export function itCountsExactly(under: () => StoreUnderTest): void {
  const limiterAt = limitersOf(under);

  it('S27 S51: gives exactly the limit to many calls at once, whichever of three replicas they ask', async () => {
    const [first, ...others] = [limiterAt(), limiterAt(), limiterAt()];
    const key = randomUUID();

    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, index) => outcome((others[index % 3] ?? first).take(rule, key))),
    );

    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(5);
    expect(outcomes.filter((each) => typeof each === 'number' && each >= 55 && each <= 60)).toHaveLength(55);
  });

  it('S51: gives exactly the limit where a dozen replicas want the same counter at once', async () => {
    const key = randomUUID();
    const shared = { ...rule, limit: 30 };

    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => limiterAt()).flatMap((limiter) =>
        Array.from({ length: 4 }, () => outcome(limiter.take(shared, key))),
      ),
    );

    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(30);
    expect(outcomes.filter((each) => typeof each === 'number')).toHaveLength(18);
  });
}

/** Any window, wherever it begins. */
export function itSlides(under: () => StoreUnderTest): void {
  const limiterAt = limitersOf(under);

  it('S51: gives nothing more at the edge of a window: any interval counts, not the one of the clock', async () => {
    const clock = new FakeClock('2026-01-01T00:00:59.900Z');
    const key = randomUUID();
    await takeAll(limiterAt(clock), key);

    clock.advance(200);

    expect(await outcome(limiterAt(clock).take(rule, key))).toBe(60);
  });

  it('S27: gives each permit back to the millisecond, one window after it was taken: nobody is locked out', async () => {
    const clock = new FakeClock();
    const limiter = limiterAt(clock);
    const key = randomUUID();
    for (const _ of [1, 2, 3, 4, 5]) {
      await limiter.take(rule, key);
      clock.advance(10_000);
    }

    clock.advance(9_999);
    expect(await outcome(limiter.take(rule, key))).toBe(1);
    clock.advance(1);
    expect(await outcome(limiter.take(rule, key))).toBe('ok');
    expect(await outcome(limiter.take(rule, key))).toBe(10);
  });

  it('says what is left and when the next permit comes back, and takes nothing when only asked', async () => {
    const clock = new FakeClock();
    const limiter = limiterAt(clock);
    const key = randomUUID();

    expect(await limiter.peek(rule, key)).toEqual({ rule, remaining: 5, resetSeconds: 0, enforced: true });
    expect(await limiter.take(rule, key)).toEqual({ rule, remaining: 4, resetSeconds: 60, enforced: true });
    clock.advance(30_500);
    expect(await limiter.take(rule, key)).toEqual({ rule, remaining: 3, resetSeconds: 30, enforced: true });
    expect(await limiter.peek(rule, key)).toEqual({ rule, remaining: 3, resetSeconds: 30, enforced: true });
  });
}
