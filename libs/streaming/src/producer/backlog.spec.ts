import { describe, expect, it } from '@jest/globals';
import { Backlog } from './backlog.js';

describe('Backlog', () => {
  it('R11: admits no more records than its bound', async () => {
    const backlog = new Backlog(2, 1_000);
    await backlog.enter(1);
    await backlog.enter(1);

    const third = backlog.enter(1);
    expect([backlog.records, backlog.waiting]).toEqual([2, 1]);

    backlog.leave(1);
    await third;
    expect([backlog.records, backlog.waiting]).toEqual([2, 0]);
  });

  it('R11: admits no more bytes than its bound, in the order of arrival', async () => {
    const backlog = new Backlog(100, 10);
    const order: string[] = [];
    await backlog.enter(8);

    const large = backlog.enter(9).then(() => order.push('large'));
    const small = backlog.enter(1).then(() => order.push('small'));
    backlog.leave(8);
    await Promise.all([large, small]);

    expect(order).toEqual(['large', 'small']);
  });

  it('admits a record larger than the bound once it is empty', async () => {
    await expect(new Backlog(10, 10).enter(11)).resolves.toBeUndefined();
  });
});
