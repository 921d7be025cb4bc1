import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('Slots', () => {
  const running = new AbortController().signal;

  it('gives a full batch at once where there is room', async () => {
    const slots = new Slots(32);

    expect(await slots.take(10, 1_000_000, running)).toBe(10);
    expect(slots.free).toBe(22);
  });

  it('waits for a full batch, and after the linger takes what there is', async () => {
    const slots = new Slots(12);
    await slots.take(10, 0, running);

    expect(await slots.take(10, 1, running)).toBe(2);
  });

  it('gives a full batch as soon as enough slots come back', async () => {
    const slots = new Slots(10);
    await slots.take(10, 0, running);

    const taking = slots.take(10, 1_000_000, running);
    slots.give(4);
    slots.give(6);

    expect(await taking).toBe(10);
  });

  it('never gives a slot to two', async () => {
    const slots = new Slots(15);

    const taken = await Promise.all([slots.take(10, 1, running), slots.take(10, 1, running)]);

    expect(taken).toEqual([10, 5]);
    expect(slots.free).toBe(0);
  });

  it('gives none once it is aborted', async () => {
    const stopping = new AbortController();
    const slots = new Slots(0);

    const taking = slots.take(10, 1, stopping.signal);
    stopping.abort();

    expect(await taking).toBe(0);
    expect(await new Slots(10).take(10, 1, stopping.signal)).toBe(0);
  });
});
