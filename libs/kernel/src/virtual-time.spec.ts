import { describe, expect, it } from '@jest/globals';
import { pause } from './timers.js';
import { VirtualTime, seededRandom } from './virtual-time.js';

describe('VirtualTime', () => {
  it('makes calls in the order of their times, and those that they bring about', async () => {
    const time = new VirtualTime();
    const calls: string[] = [];
    const note = (what: string) => () => calls.push(`${what} ${time.monotonic()}`);

    time.after(20, note('late'));
    time.after(10, () => time.after(5, note('nested')));
    time.after(10, note('second'));
    await time.advance(20);

    expect(calls).toEqual(['second 10', 'nested 15', 'late 20']);
  });

  it('does not make a call that was cancelled, nor one that is not due', async () => {
    const time = new VirtualTime();
    const calls: string[] = [];
    time.after(1, () => calls.push('cancelled'))();
    time.after(11, () => calls.push('not due'));

    await time.advance(10);

    expect(calls).toEqual([]);
    expect(time.now()).toBe(Date.UTC(2026, 0, 1) + 10);
  });

  it('runs work that pauses to its end without waiting', async () => {
    const time = new VirtualTime();
    const work = async () => {
      for (let hour = 0; hour < 3; hour += 1) await pause(3_600_000, undefined, time);
      return time.monotonic();
    };

    await expect(time.run(work(), 4 * 3_600_000)).resolves.toBe(3 * 3_600_000);
  });

  it('tells where something does not come to pass', async () => {
    await expect(new VirtualTime().until(() => false, 5)).rejects.toThrow('within 5 ms');
  });

  it('tells how long it is until the next call', () => {
    const time = new VirtualTime();
    const none = time.nextIn();
    time.after(20, () => undefined);
    time.after(10, () => undefined);

    expect([none, time.nextIn()]).toEqual([undefined, 10]);
  });

  it('pauses end early where their signal is aborted', async () => {
    const time = new VirtualTime();
    const stop = new AbortController();
    time.after(3, () => stop.abort());

    await time.run(pause(1_000, stop.signal, time));

    expect(time.monotonic()).toBe(3);
  });
});

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, all from 0 up to 1', () => {
    const numbers = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed));

    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(numbers(7).every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
