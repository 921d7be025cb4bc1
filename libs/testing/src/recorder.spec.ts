import { describe, expect, it } from '@jest/globals';
import { recorder } from './recorder.js';
import { NeverHappenedError } from './testing.errors.js';

describe('recorder', () => {
  it('remembers calls in order and answers for the function it stands in for', () => {
    const double = recorder((n: number) => n * 2);

    expect([double(1), double(2)]).toEqual([2, 4]);
    expect(double.calls).toEqual([[1], [2]]);
  });

  it('lets a test await calls that are still to come', async () => {
    const spy = recorder<[string]>();
    const both = spy.next(2);
    spy('first');
    spy('second');
    spy('third');

    expect(await both).toEqual([['first'], ['second']]);
    expect(await spy.next()).toEqual([['third']]);
  });

  it('hands calls made before anyone asked to the first who asks', async () => {
    const spy = recorder<[string]>();
    spy('early');

    expect(await spy.next()).toEqual([['early']]);
  });

  it('says how many calls came when too few did, and keeps them for the next who asks', async () => {
    const spy = recorder<[string]>();
    spy('only');
    const two = spy.next(2, 5);
    const one = spy.next(1);

    await expect(two).rejects.toThrow(new NeverHappenedError('2 more calls within 5 ms, of 1 in all'));
    expect(await one).toEqual([['only']]);
  });
});
