import { FakeClock } from '@lethe/testing';
import { describe, expect, it } from '@jest/globals';
import { ServerClock } from './server-clock.js';

describe('ServerClock', () => {
  /** An exchange of 20 ms with a server whose clock is ahead of this one's. */
  const exchange = (own: FakeClock, clock: ServerClock, aheadMs: number) => {
    const sentAt = own.now();
    own.advance(10);
    const date = new Date(own.now() + aheadMs).toUTCString();
    own.advance(10);
    clock.observe({ date, sentAt, receivedAt: own.now() });
  };

  it('keeps the own clock to the millisecond while it agrees with the server', () => {
    const own = new FakeClock('2026-01-01T00:00:00.417Z');
    const clock = new ServerClock(own);

    exchange(own, clock, 30);

    expect(clock.now()).toBe(own.now());
  });

  it.each([-300_000, -5_000, 5_000, 300_000])(
    'R36: moves a clock that is off by %i ms to within a second',
    (aheadMs) => {
      const own = new FakeClock('2026-01-01T00:00:00.417Z');
      const clock = new ServerClock(own);

      exchange(own, clock, aheadMs);

      expect(Math.abs(clock.now() - (own.now() + aheadMs))).toBeLessThan(1_020);
    },
  );

  it('R36: comes closer with each exchange at another part of a second', () => {
    const own = new FakeClock('2026-01-01T00:00:00.417Z');
    const clock = new ServerClock(own);

    for (let index = 0; index < 20; index += 1) {
      exchange(own, clock, 300_000);
      own.advance(137);
    }

    expect(Math.abs(clock.now() - (own.now() + 300_000))).toBeLessThan(150);
  });

  it('R36: begins anew when a clock was set', () => {
    const own = new FakeClock('2026-01-01T00:10:00Z');
    const clock = new ServerClock(own);
    exchange(own, clock, 0);
    own.set(own.now() - 300_000);

    exchange(own, clock, 300_000);

    expect(Math.abs(clock.now() - (own.now() + 300_000))).toBeLessThan(1_020);
  });

  it('learns nothing from an answer without a date', () => {
    const own = new FakeClock();
    const clock = new ServerClock(own);
    clock.observe({ date: undefined, sentAt: 0, receivedAt: 1 });
    clock.observe({ date: 'yesterday', sentAt: 0, receivedAt: 1 });

    expect(clock.isKnown).toBe(false);
    expect(clock.now()).toBe(own.now());
  });
});
