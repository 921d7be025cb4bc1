import { describe, expect, it } from '@jest/globals';
import { Coalescer } from './coalescer.js';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('Coalescer', () => {
  it('sends ten items in a request, and the rest after the linger', async () => {
    const requests: number[][] = [];
    const coalescer = new Coalescer<number, string>(async (items) => {
      requests.push([...items]);
      return items.map(String);
    }, 1);

    const results = await Promise.all(range(25).map((n) => coalescer.add(n)));

    expect(results).toEqual(range(25).map(String));
    expect(requests.map(({ length }) => length)).toEqual([10, 10, 5]);
  });

  it('rejects the items of a request that failed, and no others', async () => {
    const coalescer = new Coalescer<number, number>(async (items) => {
      if (items.includes(3)) throw new Error('refused');
      return items;
    }, 1);

    const results = await Promise.allSettled(range(12).map((n) => coalescer.add(n)));

    expect(results.map(({ status }) => status)).toEqual([...range(10).map(() => 'rejected'), 'fulfilled', 'fulfilled']);
  });

  it('sends at once what waits when it is flushed, and waits for the answer', async () => {
    const answer = Promise.withResolvers<void>();
    const told: string[] = [];
    const coalescer = new Coalescer<number, number>(async (items) => {
      told.push('sent');
      await answer.promise;
      return items;
    }, 1_000_000);
    const adding = coalescer.add(1);

    const flushing = coalescer.flush().then(() => told.push('flushed'));
    answer.resolve();
    await Promise.all([adding, flushing]);

    expect(told).toEqual(['sent', 'flushed']);
  });
});
