import { deferred } from '@lethe/testing';
import { describe, expect, it } from '@jest/globals';
import { type Counter, type Tally } from './rate-limit-store.js';
import { Turns } from './turns.js';

describe('Turns', () => {
  const counter: Counter = { id: 'one', limit: 3, windowMs: 1_000 };

  it('R11: lets takes that come during a call go together in the next, each told what it got', async () => {
    const calls: number[] = [];
    const first = deferred<Tally>();
    const turns = new Turns((_, wanted) => {
      calls.push(wanted);
      return calls.length === 1 ? first.promise : Promise.resolve({ granted: 2, used: 3, nextMs: 1_000 });
    });

    const all = [1, 2, 3, 4].map(() => turns.takeOne(counter));
    first.resolve({ granted: 1, used: 1, nextMs: 1_000 });

    expect((await Promise.all(all)).map(({ granted, used }) => [granted, used])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [0, 3],
    ]);
    expect(calls).toEqual([1, 3]);
  });

  it('does not let one counter wait for another', async () => {
    const never = deferred<Tally>();
    const turns = new Turns(({ id }) =>
      id === 'one' ? never.promise : Promise.resolve({ granted: 1, used: 1, nextMs: 1_000 }),
    );
    const waiting = turns.takeOne(counter);

    expect(await turns.takeOne({ ...counter, id: 'two' })).toMatchObject({ granted: 1 });
    never.resolve({ granted: 0, used: 3, nextMs: 5 });
    expect(await waiting).toMatchObject({ granted: 0 });
  });

  it('tells all of a call that failed, and begins anew', async () => {
    let calls = 0;
    const turns = new Turns(() => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('away')) : Promise.resolve({ granted: 1, used: 1, nextMs: 9 });
    });

    await expect(turns.takeOne(counter)).rejects.toThrow('away');
    expect(await turns.takeOne(counter)).toMatchObject({ granted: 1 });
  });
});
