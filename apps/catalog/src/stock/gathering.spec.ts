import { describe, expect, it } from '@jest/globals';
import { type Actor, currentActor, runAs } from '@lethe/kernel';
import { deferred } from '@lethe/testing';
import { Gathering } from './gathering.js';

const limits = { goes: 1, size: 3 };

describe('Gathering', () => {
  it('does at once what comes first, and together what came meanwhile, in its order and in goes of the size', async () => {
    const goes: string[][] = [];
    const gate = deferred();
    const gathering = new Gathering<string>(async (all) => {
      goes.push(all.map(({ input }) => input));
      await gate.promise;
    }, limits);

    const done = ['a', 'b', 'c', 'd', 'e'].map((input) => gathering.do(input));
    expect(goes).toEqual([['a']]);
    gate.resolve();
    await Promise.all(done);

    expect(goes).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  it('does each by itself where a go fails, so that only those fail that must', async () => {
    const gathering = new Gathering<string>(async (all) => {
      await Promise.resolve();
      if (all.some(({ input }) => input === 'bad')) throw new Error(`bad among ${all.length}`);
    }, limits);

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
    }, limits);
    const users = ['u-1', 'u-2', 'u-3'].map((id): Actor => ({ kind: 'user', id, issuer: 'https://store.example' }));

    await Promise.all(users.map((user) => runAs(user, () => gathering.do('wish'))));

    expect(actors).toEqual(users);
  });
});
