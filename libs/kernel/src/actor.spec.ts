import { describe, expect, it } from '@jest/globals';
import { type Actor, MAX_ACTOR_LENGTH, actAs, currentActor, formatActor, parseActor, runAs } from './actor.js';
import { childTrace, currentTrace, runInTrace } from './trace.js';

const user: Actor = { kind: 'user', id: 'u-1', issuer: 'https://store.example/auth' };

describe('an actor', () => {
  it('S07: is a user by issuer and subject, or a service, and reads as it was written', () => {
    const actors: Actor[] = [user, { ...user, id: 'a@b:c/%' }, { kind: 'service', name: 'orders' }];

    for (const actor of actors) expect(parseActor(formatActor(actor))).toEqual(actor);
    expect(formatActor(user)).toBe('user:u-1@https://store.example/auth');
  });

  it('is nobody by any other text', () => {
    const long = `user:${'u'.repeat(MAX_ACTOR_LENGTH)}@x`;
    const users = ['u-1', 'user:u-1', 'user:@x', 'user:u-1@', 'user:%E0%A4@x'];

    for (const text of [undefined, '', ...users, 'service:', 'service:Not A Name', long])
      expect(parseActor(text)).toBeUndefined();
  });

  it('holds for the work, for what it awaits, and for a trace within it', async () => {
    await runAs(user, async () => {
      await Promise.resolve();
      expect(currentActor()).toEqual(user);
      runInTrace(childTrace(), () => expect(currentActor()).toEqual(user));
    });

    expect(currentActor()).toBeUndefined();
  });

  it('may become known in the midst of the work, and keeps its trace', async () => {
    const trace = childTrace();
    await runInTrace(trace, async () => {
      expect(currentActor()).toBeUndefined();
      await Promise.resolve().then(() => actAs(user));
      expect(currentActor()).toEqual(user);
      runAs({ kind: 'service', name: 'orders' }, () => expect(currentTrace()).toBe(trace));
      expect(currentActor()).toEqual(user);
    });
    await runInTrace(childTrace(), () => Promise.resolve(expect(currentActor()).toBeUndefined()));
  });

  it('is nobody outside of any work', () => {
    actAs(user);

    expect(currentActor()).toBeUndefined();
  });
});
