import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock, eventually } from '@lethe/testing';
import { KeysUnavailableError } from '../src/identity.errors.js';
import { RemoteKeys } from '../src/keys/remote-keys.js';
import { type IssuerKey, type JwksServer, issuerKey, startJwks } from './issuer.js';

const HOUR = 3_600_000;

describe('RemoteKeys', () => {
  let clock: FakeClock;
  let first: IssuerKey;
  let jwks: JwksServer;
  let keys: RemoteKeys;
  beforeEach(async () => {
    clock = new FakeClock();
    first = await issuerKey('first');
    jwks = await startJwks(first.jwk);
    keys = new RemoteKeys({ url: jwks.url, clock, maxBytes: 50_000 });
  });
  afterEach(() => jwks.stop());

  it('S08: fetches once for many calls at once, and then not until its keys are old', async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('first')));
    clock.advance(9 * 60_000);
    await keys.find('first');

    expect(found.every((key) => key !== undefined)).toBe(true);
    expect(jwks.requests).toBe(1);
  });

  it('uses old keys while it fetches new ones behind the request', async () => {
    await keys.find('first');
    clock.advance(11 * 60_000);

    expect(await keys.find('first')).toBeDefined();

    await eventually(() => expect(jwks.requests).toBe(2));
  });

  it('R37: keeps its keys while the issuer is down, for a day', async () => {
    await keys.find('first');
    jwks.mood = 'down';

    clock.advance(23 * HOUR);
    expect(await keys.find('first')).toBeDefined();
    clock.advance(2 * HOUR);

    await expect(keys.find('first')).rejects.toBeInstanceOf(KeysUnavailableError);
  });

  it('R37: finds a new key at once, and asks for unknown ones once per cooldown', async () => {
    await keys.find('first');
    clock.advance(31_000);
    jwks.keys.push((await issuerKey('second')).jwk);

    expect(await keys.find('second')).toBeDefined();
    for (let index = 0; index < 100; index += 1) expect(await keys.find(`bogus-${index}`)).toBeUndefined();

    expect(jwks.requests).toBe(2);
    clock.advance(31_000);
    await keys.find('bogus');
    expect(jwks.requests).toBe(3);
  });

  it('gives a key at once while it is young, and leaves the rest to whoever can wait', async () => {
    expect(keys.peek('first')).toBeUndefined();
    const found = await keys.find('first');

    expect(keys.peek('first')).toBe(found);
    expect(keys.peek('second')).toBeUndefined();
    clock.advance(11 * 60_000);
    expect(keys.peek('first')).toBeUndefined();
    expect(jwks.requests).toBe(1);
  });

  it('forgets a key that the issuer has withdrawn', async () => {
    await keys.find('first');
    jwks.keys = [(await issuerKey('second')).jwk];
    clock.advance(11 * 60_000);

    await keys.find('second');

    expect(await keys.find('first')).toBeUndefined();
  });

  it.each(['down', 'silent', 'huge', 'moved'] as const)(
    'S08 S46: is unavailable, in time and with 503, while the issuer is %s, and soon after well again',
    async (mood) => {
      jwks.mood = mood;
      keys = new RemoteKeys({ url: jwks.url, clock, timeoutMs: 200, maxBytes: 50_000 });
      await expect(keys.find('first')).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      const { requests } = jwks;
      await expect(keys.find('first')).rejects.toBeInstanceOf(KeysUnavailableError);
      expect(jwks.requests).toBe(requests);

      jwks.mood = 'well';

      await eventually(async () => {
        clock.advance(1_000);
        expect(await keys.find('first')).toBeDefined();
      });
    },
  );

  it('S08: needs https, but for this machine and names of a private network', () => {
    expect(() => new RemoteKeys({ url: 'http://issuer.example/jwks.json' })).toThrow('https');
    expect(() => new RemoteKeys({ url: 'http://127.0.0.1.evil.example/jwks.json' })).toThrow('https');
    expect(() => new RemoteKeys({ url: 'nonsense' })).toThrow('no URL');
    for (const url of [
      'https://issuer.example/k',
      'http://localhost:8080/k',
      'http://balancer:8080/k',
      'http://[::1]/k',
    ]) {
      expect(new RemoteKeys({ url })).toBeInstanceOf(RemoteKeys);
    }
  });
});
