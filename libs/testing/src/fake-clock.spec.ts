import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('stands still until it is moved', () => {
    const clock = new FakeClock('2026-03-01T10:00:00Z');

    expect(clock.now()).toBe(Date.parse('2026-03-01T10:00:00Z'));
    expect(clock.advance(1_500)).toBe(clock.now());
    expect(clock.now()).toBe(Date.parse('2026-03-01T10:00:01.500Z'));
  });

  it('goes back only when it is set', () => {
    const clock = new FakeClock(1_000);

    expect(() => clock.advance(-1)).toThrow(RangeError);
    clock.set(500);
    expect(clock.now()).toBe(500);
  });

  it('refuses a time that is none', () => {
    expect(() => new FakeClock('soon')).toThrow(RangeError);
  });
});
