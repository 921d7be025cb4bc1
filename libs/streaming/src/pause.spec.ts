import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fullJitter, pause } from './pause.js';

describe('fullJitter', () => {
  it('R06: lies between nothing and the cap for any attempt and any luck', () => {
    const policy = fc.record({
      baseMs: fc.integer({ min: 1, max: 1_000 }),
      capMs: fc.integer({ min: 1, max: 60_000 }),
    });
    const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), policy, luck, (attempt, backoff, random) => {
        const delay = fullJitter(attempt, backoff, () => random);

        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1)));
      }),
    );
  });

  it('R06: is not constant', () => {
    const delays = Array.from({ length: 20 }, () => fullJitter(5, { baseMs: 100, capMs: 10_000 }));

    expect(new Set(delays).size).toBeGreaterThan(1);
  });
});

describe('pause', () => {
  it('ends at once when its signal aborts, without an error', async () => {
    const signal = AbortSignal.abort();

    await expect(pause(60_000, signal)).resolves.toBeUndefined();
  });
});
