import { randomUUID } from 'node:crypto';
import { FakeClock } from '@lethe/testing';
import { expect, it } from '@jest/globals';
import { MOST_ENTRIES } from '../src/store/window-log.js';
import { type StoreUnderTest } from './limits.fixture.js';
import { seededRandom } from './seeded-random.js';

interface Given {
  readonly at: number;
  readonly count: number;
}

/** Permits that were given after a time. */
const givenAfter = (given: readonly Given[], time: number): number =>
  given.reduce((sum, { at, count }) => sum + (at > time ? count : 0), 0);

/** The most permits that were given in one half-open interval of the length. */
const mostWithin = (given: readonly Given[], length: number): number =>
  Math.max(0, ...given.map(({ at }) => givenAfter(given, at - 1) - givenAfter(given, at + length - 1)));

/** What holds for any sequence of takes, against a model that remembers all of them. */
export function itHoldsItsProperties(under: () => StoreUnderTest): void {
  it.each([1, 2, 3])('S51: holds in any interval, and refuses nobody it could admit (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const clock = new FakeClock();
    const [one, other] = [under().replica(clock), under().replica(clock)];
    const counter = { id: randomUUID(), limit: 1 + Math.floor(random() * 6), windowMs: 1_000 };
    const given: Given[] = [];

    for (let step = 0; step < 80; step += 1) {
      const now = clock.advance(Math.floor(random() ** 3 * 1_500));
      const wanted = 1 + Math.floor(random() * 3);
      const { granted } = await (step % 2 ? one : other).take(counter, wanted);
      expect(granted).toBe(Math.min(wanted, counter.limit - givenAfter(given, now - counter.windowMs)));
      given.push({ at: now, count: granted });
    }

    expect(mostWithin(given, counter.windowMs)).toBe(counter.limit);
  });

  it('S51: holds limits beyond the entries of a log, with permits at most 0.4 % of a window late', async () => {
    const random = seededRandom(11);
    const clock = new FakeClock();
    const counter = { id: randomUUID(), limit: 1_000, windowMs: 10_000 };
    const grain = Math.ceil(counter.windowMs / MOST_ENTRIES);
    const given: Given[] = [];

    for (let step = 0; step < 120; step += 1) {
      const now = clock.advance(Math.floor(random() * 200));
      const wanted = Math.floor(random() * 40);
      const free = (time: number) => Math.max(0, counter.limit - givenAfter(given, time - counter.windowMs));
      const { granted } = await under().replica(clock).take(counter, wanted);
      expect(granted).toBeLessThanOrEqual(Math.min(wanted, free(now)));
      expect(granted).toBeGreaterThanOrEqual(Math.min(wanted, free(now - grain)));
      given.push({ at: now, count: granted });
    }

    expect(mostWithin(given, counter.windowMs)).toBeGreaterThan(900);
    expect((await under().contents()).largestBytes).toBeLessThan(6_000);
  });
}
