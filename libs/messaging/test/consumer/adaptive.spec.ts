import { VirtualTime } from '@lethe/kernel/virtual-time';
import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit } from '../../src/consumer/concurrency-limit.js';
import type { Bounds } from '../../src/consumer/consumer.types.js';
import { HandledMemory } from '../../src/consumer/handled-memory.js';
import { PollLimit } from '../../src/consumer/poll-limit.js';
import { Prefetch } from '../../src/consumer/prefetch.js';

/** Lets handlers run for so long, at the throughput and with the times that `behave` gives for a limit. */
async function play(bounds: Bounds, forMs: number, behave: (limit: number) => { perMs: number; ms: number }) {
  const time = new VirtualTime();
  const limit = new ConcurrencyLimit(bounds, time, () => undefined);
  const limits: number[] = [];
  let owed = 0;
  for (let at = 0; at < forMs; at += 1) {
    await time.advance(1);
    const { perMs, ms } = behave(limit.current);
    for (owed += perMs; owed >= 1; owed -= 1) limit.ended(time.monotonic(), ms, true);
    limits.push(limit.current);
  }
  return limits;
}

describe('the number of handlers', () => {
  it('R11: grows to its bound where more bring more through', async () => {
    const limits = await play({ min: 1, max: 300 }, 3_000, (limit) => ({ perMs: limit / 10, ms: 10 }));

    expect(Math.max(...limits)).toBe(300);
    expect(limits.slice(1_500).filter((limit) => limit < 200)).toEqual([]);
  });

  it('grows no further where more make handlers slower and bring nothing', async () => {
    const limits = await play({ min: 1, max: 1_000 }, 3_000, (limit) => {
      const useful = Math.min(limit, 100);
      return { perMs: useful / 10, ms: (10 * limit) / useful };
    });

    expect(Math.max(...limits)).toBeLessThanOrEqual(220);
  });

  it('shrinks where fewer bring as much, sooner', async () => {
    const limits = await play({ min: 1, max: 256 }, 20_000, (limit) => ({ perMs: 2, ms: limit * 5 }));

    expect(limits.at(-1)).toBeLessThan(25);
  });

  it('never leaves its bounds, and stays put where they are one', async () => {
    const fixed = await play({ min: 5, max: 5 }, 1_000, () => ({ perMs: 1, ms: 5 }));
    const narrow = await play({ min: 60, max: 70 }, 3_000, (limit) => ({ perMs: 2, ms: limit * 5 }));

    expect(new Set(fixed)).toEqual(new Set([5]));
    expect(Math.min(...narrow)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...narrow)).toBeLessThanOrEqual(70);
  });

  it('grows where every slot is taken by long work', () => {
    const limit = new ConcurrencyLimit({ min: 1, max: 256 }, new VirtualTime(), () => undefined);

    limit.stuck();

    expect(limit.current).toBe(96);
  });
});

describe('the number of polls', () => {
  it('grows with full answers, shrinks with poor ones, and is one at an empty queue', () => {
    const limit = new PollLimit();

    for (let inFlight = 1; inFlight < 50; inFlight += 1) limit.answered(10, 10, inFlight);
    const most = limit.current;
    for (let n = 0; n < 5; n += 1) limit.answered(10, 2, 20);
    const poorer = limit.current;
    limit.answered(10, 0, 20);

    expect(most).toBe(32);
    expect(poorer).toBe(27);
    expect(limit.current).toBe(1);
  });

  it('takes half a batch for enough, since SQS often gives less than there is', () => {
    const limit = new PollLimit();

    limit.answered(10, 5, 1);
    limit.answered(10, 4, 2);

    expect(limit.current).toBe(2);
  });
});

describe('what is asked for ahead', () => {
  it('is what is handled during one receive', async () => {
    const time = new VirtualTime();
    const prefetch = new Prefetch(time);
    for (let n = 0; n < 50; n += 1) prefetch.answered(10, 20);
    for (let at = 0; at < 500; at += 1) {
      await time.advance(1);
      for (let n = 0; n < 3; n += 1) prefetch.ended();
      void prefetch.size;
    }

    expect(prefetch.size).toBeGreaterThan(55);
    expect(prefetch.size).toBeLessThanOrEqual(60);
    await time.advance(1_000);
    expect(prefetch.size).toBe(0);
  });
});

describe('the memory of handled messages', () => {
  it('R11: forgets the oldest of very many', () => {
    const memory = new HandledMemory();

    for (let n = 0; n <= 10_000; n += 1) memory.add(String(n));

    expect([memory.has('0'), memory.has('1'), memory.has('10000')]).toEqual([false, true, true]);
  });
});
