import { describe, expect, it } from '@jest/globals';
import { type Actor, currentActor, runAs } from '@lethe/kernel';
import { type Deferred, deferred, eventually } from '@lethe/testing';
import { Gathering } from './gathering.js';

/** Every input locks what its letters name. */
const byLetter = { goes: 2, size: 3, keysOf: (input: string) => input.split('').filter((letter) => letter >= 'A') };
const alone = { ...byLetter, goes: 1 };

/** A gathering whose goes end when they are told to. */
function held(options: typeof byLetter) {
  const goes: string[][] = [];
  const gates: Deferred<void>[] = [];
  const gathering = new Gathering<string>(async (all) => {
    const gate = deferred();
    gates.push(gate);
    goes.push(all.map(({ input }) => input));
    await gate.promise;
  }, options);
  const all = (...inputs: string[]) => inputs.map((input) => gathering.do(input));
  return { goes, all, end: (at: number) => gates[at]?.resolve() };
}

describe('Gathering', () => {
  it('does together what comes in one turn, and what came meanwhile, in its order and in goes of the size', async () => {
    const { goes, all, end } = held(alone);

    const done = all('a', 'b');
    await eventually(() => expect(goes).toEqual([['a', 'b']]));
    done.push(...all('c', 'd', 'e', 'f'));
    end(0);
    await eventually(() =>
      expect(goes).toEqual([
        ['a', 'b'],
        ['c', 'd', 'e'],
      ]),
    );
    end(1);
    await eventually(() => expect(goes).toHaveLength(3));
    end(2);
    await Promise.all(done);

    expect(goes).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
  });

  it('lets what locks the same wait for its go, in one next go, and what locks something else pass', async () => {
    const { goes, all, end } = held(byLetter);

    const done = all('hot1');
    await eventually(() => expect(goes).toHaveLength(1));
    done.push(...all('hot2', 'x', 'hot3'));
    await eventually(() => expect(goes).toEqual([['hot1'], ['x']]));
    end(0);
    await eventually(() => expect(goes).toEqual([['hot1'], ['x'], ['hot2', 'hot3']]));
    end(1);
    end(2);
    await Promise.all(done);
  });

  it('lets nobody overtake whoever waits, at what they wait for', async () => {
    const { goes, all, end } = held(byLetter);

    const done = all('a');
    await eventually(() => expect(goes).toHaveLength(1));
    done.push(...all('ab', 'b', 'c'));
    await eventually(() => expect(goes).toEqual([['a'], ['c']]));
    end(1);
    end(0);
    await eventually(() => expect(goes).toEqual([['a'], ['c'], ['ab', 'b']]));
    end(2);
    await Promise.all(done);
  });

  it('does each by itself where a go fails, so that only those fail that must', async () => {
    const gathering = new Gathering<string>(async (all) => {
      await Promise.resolve();
      if (all.some(({ input }) => input === 'bad')) throw new Error(`bad among ${all.length}`);
    }, alone);

    const results = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map((input) => gathering.do(input)));

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ reason: new Error('bad among 1') });
    await gathering.do('after');
  });

  it('S53: lets each act on behalf of whoever it came from', async () => {
    const actors: (Actor | undefined)[] = [];
    const gathering = new Gathering<string>(async (all) => {
      await Promise.resolve();
      for (const { inContext } of all) actors.push(inContext(() => currentActor()));
    }, alone);
    const users = ['u-1', 'u-2', 'u-3'].map((id): Actor => ({ kind: 'user', id, issuer: 'https://store.example' }));

    await Promise.all(users.map((user) => runAs(user, () => gathering.do('wish'))));

    expect(actors).toEqual(users);
  });
});
