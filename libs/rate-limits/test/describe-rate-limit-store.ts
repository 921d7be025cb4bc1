import { randomUUID } from 'node:crypto';
import { type Clock } from '@lethe/kernel';
import { FakeClock } from '@lethe/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RateLimiter } from '../src/rate-limiter.js';
import { TooManyRequestsError } from '../src/rate-limits.errors.js';
import { type RateRule } from '../src/rate-rule.js';
import { type Counter, type RateLimitStore } from '../src/store/rate-limit-store.js';
import { MOST_ENTRIES } from '../src/store/window-log.js';
import { seededRandom } from './seeded-random.js';

/** A store of its own for one run of the suite. */
export interface StoreUnderTest {
  /** The store as one more replica opens it; without a clock, as in production. */
  replica(clock?: Clock): RateLimitStore;
  /** All that is stored, as text, and the bytes of the largest counter. */
  contents(): Promise<{ text: string; largestBytes: number }>;
  close(): Promise<void>;
}

/** What every {@link RateLimitStore} does. */
export function describeRateLimitStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`rate limits on ${name}`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await setUp();
    });
    afterAll(() => under.close());

    const rule: RateRule = { name: 'demo', limit: 5, windowSeconds: 60 };
    const limiterAt = (clock?: Clock) => new RateLimiter({ store: under.replica(clock) });
    const counter = (limit: number, windowMs: number): Counter => ({ id: `property#${randomUUID()}`, limit, windowMs });
    /** Nothing, or the seconds to wait. */
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'ok',
        (error: unknown) => (error instanceof TooManyRequestsError ? error.retryAfterSeconds : error),
      );
    const times = <T>(count: number, call: (index: number) => Promise<T>) =>
      Promise.all(Array.from({ length: count }, (_, index) => call(index)));

    it('S27 S51: give exactly the limit to many calls at once, whichever of three replicas they ask', async () => {
      const replicas = [limiterAt(), limiterAt(), limiterAt()];
      const key = randomUUID();

      const outcomes = await times(60, (index) => outcome(replicas[index % 3]?.take(rule, key) ?? Promise.reject()));

      expect(outcomes.filter((each) => each === 'ok')).toHaveLength(5);
      expect(outcomes.filter((each) => typeof each === 'number' && each >= 55 && each <= 60)).toHaveLength(55);
    });

    it('give nothing more at the edge of a window: any interval counts, not the one of the clock', async () => {
      const clock = new FakeClock('2026-01-01T00:00:59.900Z');
      const limiter = limiterAt(clock);
      const key = randomUUID();
      for (const _ of [1, 2, 3, 4, 5]) await limiter.take(rule, key);

      clock.advance(200);

      expect(await outcome(limiter.take(rule, key))).toBe(60);
    });

    it('give each permit back to the millisecond, one window after it was taken', async () => {
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

    it('say what is left and when the next permit comes back', async () => {
      const clock = new FakeClock();
      const limiter = limiterAt(clock);
      const key = randomUUID();

      expect(await limiter.peek(rule, key)).toEqual({ rule, remaining: 5, resetSeconds: 0, enforced: true });
      expect(await limiter.take(rule, key)).toEqual({ rule, remaining: 4, resetSeconds: 60, enforced: true });
      clock.advance(30_500);
      expect(await limiter.take(rule, key)).toEqual({ rule, remaining: 3, resetSeconds: 30, enforced: true });
      expect(await limiter.peek(rule, key)).toEqual({ rule, remaining: 3, resetSeconds: 30, enforced: true });
    });

    it('count each key and each rule for itself', async () => {
      const limiter = limiterAt();
      const key = randomUUID();
      for (const _ of [1, 2, 3, 4, 5]) await limiter.take(rule, key);

      expect(await outcome(limiter.take(rule, randomUUID()))).toBe('ok');
      expect(await outcome(limiter.take({ ...rule, name: 'another' }, key))).toBe('ok');
      expect(await outcome(limiter.take(rule, key))).not.toBe('ok');
    });

    it('take nothing when they are only asked', async () => {
      const limiter = limiterAt();
      const key = randomUUID();
      for (let index = 0; index < 10; index += 1) await limiter.peek(rule, key);

      expect(await limiter.take(rule, key)).toMatchObject({ remaining: 4 });
    });

    it.each([1, 2, 3])(
      'S51: hold in any interval whatsoever, and refuse nobody they could admit (seed %i)',
      async (seed) => {
        const random = seededRandom(seed);
        const clock = new FakeClock();
        const replicas = [under.replica(clock), under.replica(clock)];
        const limit = 1 + Math.floor(random() * 6);
        const windowMs = 1_000;
        const one = counter(limit, windowMs);
        const given: number[] = [];

        for (let step = 0; step < 80; step += 1) {
          clock.advance(Math.floor(random() ** 3 * 1_500));
          const now = clock.now();
          const free = limit - given.filter((at) => at > now - windowMs).length;
          const wanted = 1 + Math.floor(random() * 3);
          const tally = await replicas[step % 2]?.take(one, wanted);
          expect(tally?.granted).toBe(Math.min(wanted, free));
          for (let index = 0; index < (tally?.granted ?? 0); index += 1) given.push(now);
        }

        expect(mostWithin(given, windowMs)).toBeLessThanOrEqual(limit);
      },
    );

    it.each([11])(
      'S51: hold limits beyond the entries of a log, permits at most 0.4 %% of a window late (seed %i)',
      async (seed) => {
        const random = seededRandom(seed);
        const clock = new FakeClock();
        const store = under.replica(clock);
        const [limit, windowMs] = [1_000, 10_000];
        const one = counter(limit, windowMs);
        const given: { at: number; count: number }[] = [];

        for (let step = 0; step < 120; step += 1) {
          const now = clock.advance(Math.floor(random() * 200));
          const outAt = (time: number) =>
            given.reduce((sum, { at, count }) => sum + (at > time - windowMs ? count : 0), 0);
          const wanted = Math.floor(random() * 40);
          const { granted } = await store.take(one, wanted);
          expect(granted).toBeLessThanOrEqual(limit - outAt(now));
          expect(granted).toBeGreaterThanOrEqual(
            Math.min(wanted, limit - outAt(now - Math.ceil(windowMs / MOST_ENTRIES))),
          );
          if (granted > 0) given.push({ at: now, count: granted });
        }

        expect((await under.contents()).largestBytes).toBeLessThan(6_000);
      },
    );

    it('R36: count a permit at least a whole window, though the clock of the next replica lags behind', async () => {
      const [ahead, behind] = [new FakeClock(), new FakeClock()];
      behind.set(ahead.now() - 300_000);
      const key = randomUUID();
      for (const _ of [1, 2, 3, 4, 5]) await limiterAt(ahead).take(rule, key);

      expect(await outcome(limiterAt(behind).take(rule, key))).toBe(360);
      ahead.advance(60_000);
      expect(await outcome(limiterAt(ahead).take(rule, key))).toBe('ok');
    });

    it('S54: keep no key in the clear', async () => {
      await limiterAt().take(rule, 'ada@example.com');

      expect((await under.contents()).text).not.toContain('ada@');
    });
  });
}

/** The most of these times that lie in one half-open interval of the length. */
function mostWithin(times: readonly number[], length: number): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + length).length));
}
