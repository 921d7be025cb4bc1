import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '@lethe/kernel/virtual-time';
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

  it('keeps nobody waiting for longer than the linger, counted from the first', async () => {
    const time = new VirtualTime();
    const sentAt: number[] = [];
    const coalescer = new Coalescer<number, number>(
      (items) => {
        sentAt.push(time.monotonic());
        return Promise.resolve(items);
      },
      5,
      time,
    );

    const first = coalescer.add(1);
    await time.advance(3);
    const second = coalescer.add(2);
    await time.advance(2);

    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(sentAt).toEqual([5]);
  });
});
