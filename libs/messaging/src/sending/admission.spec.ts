import { describe, expect, it } from '@jest/globals';
import { Admission } from './admission.js';

describe('Admission', () => {
  it('R11: lets in as many entries and bytes as there is room for, and the others in their turn', async () => {
    const admission = new Admission({ entries: 2, bytes: 100 });
    const order: string[] = [];
    expect(admission.enter(60)).toBeUndefined();
    const large = admission.enter(60)?.then(() => order.push('large'));
    const small = admission.enter(1)?.then(() => order.push('small'));
    expect([admission.entries, admission.waiting]).toEqual([1, 2]);

    admission.leave(60);
    await Promise.all([large, small]);

    expect(order).toEqual(['large', 'small']);
    expect([admission.entries, admission.waiting]).toEqual([2, 0]);
  });

  it('lets in alone what is larger than all the room', async () => {
    const admission = new Admission({ entries: 10, bytes: 100 });
    expect(admission.enter(1)).toBeUndefined();
    const huge = admission.enter(500);
    const next = admission.enter(1);

    admission.leave(1);
    await huge;
    expect([admission.entries, admission.waiting]).toEqual([1, 1]);

    admission.leave(500);
    await next;
    expect([admission.entries, admission.waiting]).toEqual([1, 0]);
  });
});
