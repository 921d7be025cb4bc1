import { describe, expect, it, jest } from '@jest/globals';
import { deferred } from '@lethe/testing';
import { untilAborted } from './until-aborted.js';

describe('untilAborted', () => {
  it('gives the outcome of work that ends in time', async () => {
    const { signal } = new AbortController();

    expect(await untilAborted(Promise.resolve(1), signal, jest.fn())).toBe(1);
    await expect(untilAborted(Promise.reject(new Error('refused')), signal, jest.fn())).rejects.toThrow('refused');
  });

  it('waits no longer than the signal says, and discards what comes later', async () => {
    const [work, discarded] = [deferred<string>(), deferred<string>()];
    const abort = new AbortController();
    const outcome = untilAborted(work.promise, abort.signal, (late) => discarded.resolve(late));

    abort.abort(new Error('too late'));
    await expect(outcome).rejects.toThrow('too late');
    work.resolve('connection');

    expect(await discarded.promise).toBe('connection');
  });

  it('does not begin to wait where the signal was aborted before', async () => {
    const signal = AbortSignal.abort(new Error('closed'));

    await expect(untilAborted(new Promise(() => undefined), signal, jest.fn())).rejects.toThrow('closed');
  });
});
