import { describe, expect, it } from '@jest/globals';
import { deferred } from './deferred.js';
import { eventually } from './eventually.js';
import { NeverHappenedError } from './testing.errors.js';

describe('eventually', () => {
  it('tries until the assertion passes and answers what it returned', async () => {
    let tries = 0;

    const answer = await eventually(
      () => {
        tries += 1;
        expect(tries).toBeGreaterThan(2);
        return 'passed';
      },
      { everyMs: 1 },
    );

    expect(answer).toBe('passed');
    expect(tries).toBe(3);
  });

  it('gives up with the last failure as its cause', async () => {
    const failure = new Error('still empty');

    const outcome = eventually(() => Promise.reject(failure), { timeoutMs: 5, everyMs: 1 });

    await expect(outcome).rejects.toBeInstanceOf(NeverHappenedError);
    await expect(outcome).rejects.toMatchObject({ message: 'never happened within 5 ms: still empty', cause: failure });
  });
});

describe('deferred', () => {
  it('settles when it is told to', async () => {
    const gate = deferred<number>();
    gate.resolve(7);

    expect(await gate.promise).toBe(7);
  });
});
