import { describe, expect, it } from '@jest/globals';
import { withinTime } from './timers.js';

/** Rejects with the reason when the signal is aborted. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

describe('withinTime', () => {
  it('R04: aborts work that is not done in time, with a TimeoutError', async () => {
    await expect(withinTime(1, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives the outcome of work that is, be it an error, and leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const signals: AbortSignal[] = [];
    const fails = (signal: AbortSignal): Promise<never> => {
      signals.push(signal);
      return Promise.reject(new RangeError('no'));
    };

    expect(await withinTime(60_000, () => Promise.resolve('done'))).toBe('done');
    await expect(withinTime(60_000, fails)).rejects.toThrow(RangeError);

    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    expect(timers()).toBe(before);
  });
});
