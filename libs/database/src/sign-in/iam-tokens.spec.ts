import { describe, expect, it } from '@jest/globals';
import { FakeClock, deferred } from '@lethe/testing';
import { DatabaseTokenError } from '../database.errors.js';
import { IamTokens, TOKEN_LIFE_MS } from './iam-tokens.js';

const place = { host: 'proxy.example', port: 5432, user: 'orders', region: 'eu-west-1' };
const MINUTE = 60_000;

/** Signs `token-1`, `token-2` and so on. */
function counting() {
  let made = 0;
  return {
    get made() {
      return made;
    },
    getAuthToken: () => {
      made += 1;
      return Promise.resolve(`token-${made}`);
    },
  };
}

describe('IamTokens', () => {
  it('S56: gives a token again for half of its life, and a new one long before it ends', async () => {
    const clock = new FakeClock();
    const tokens = new IamTokens(place, counting(), { clock, random: () => 0 });

    expect(await tokens.token()).toBe('token-1');
    clock.advance(TOKEN_LIFE_MS / 2 - 1);
    expect(await tokens.token()).toBe('token-1');
    clock.advance(1);
    expect(await tokens.token()).toBe('token-2');
  });

  it('S56: never gives out a token in the last three minutes of its life, whatever the jitter', async () => {
    const clock = new FakeClock();
    const tokens = new IamTokens(place, counting(), { clock, random: () => 1 - Number.EPSILON });

    expect(await tokens.token()).toBe('token-1');
    clock.advance(12 * MINUTE);
    expect(await tokens.token()).toBe('token-2');
  });

  it('spreads the renewals of replicas that started together', async () => {
    const clock = new FakeClock();
    const [early, late] = [0, 0.9].map((chance) => new IamTokens(place, counting(), { clock, random: () => chance }));
    await Promise.all([early?.token(), late?.token()]);

    clock.advance(9 * MINUTE);

    expect(await early?.token()).toBe('token-2');
    expect(await late?.token()).toBe('token-1');
  });

  it('asks for one token, however many connections wait for it', async () => {
    const answer = deferred<string>();
    let asked = 0;
    const signer = { getAuthToken: () => ((asked += 1), answer.promise) };
    const tokens = new IamTokens(place, signer);

    const waiting = Array.from({ length: 20 }, () => tokens.token());
    answer.resolve('the one');

    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['the one']));
    expect(asked).toBe(1);
  });

  it('makes a new one after a refusal, and after the clock was set back', async () => {
    const clock = new FakeClock();
    const signer = counting();
    const tokens = new IamTokens(place, signer, { clock });
    await tokens.token();

    tokens.forget();
    expect(await tokens.token()).toBe('token-2');
    clock.set(clock.now() - 1);
    expect(await tokens.token()).toBe('token-3');
  });

  it('says for whom there is no token, keeps no failure, and tries again', async () => {
    const cause = new Error('Could not load credentials from any providers');
    let broken = true;
    const signer = { getAuthToken: () => (broken ? Promise.reject(cause) : Promise.resolve('token')) };
    const tokens = new IamTokens(place, signer);

    const failure = await tokens.token().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseTokenError);
    expect(failure).toMatchObject({ host: 'proxy.example', user: 'orders', cause });
    expect(String(failure)).toBe('DatabaseTokenError: no token to sign in to proxy.example as orders');

    broken = false;
    expect(await tokens.token()).toBe('token');
  });

  it('R04: gives up on credentials that do not come', async () => {
    const signer = { getAuthToken: () => new Promise<string>(() => undefined) };
    const tokens = new IamTokens(place, signer, { timeoutMs: 1 });

    await expect(tokens.token()).rejects.toMatchObject({ name: 'DatabaseTokenError', cause: { name: 'TimeoutError' } });
  });
});
