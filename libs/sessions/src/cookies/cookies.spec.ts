import { describe, expect, it } from '@jest/globals';
import { SigningKeyError } from '../sessions.errors.js';
import { hostCookie, readCookie, setCookieHeader } from './host-cookie.js';
import { SigningKeys } from './signing-keys.js';

const NEW = 'the new secret, of 32 characters!';
const OLD = 'the old secret, of 32 characters!';

describe('hostCookie', () => {
  it('S32: is bound to this host, to TLS and to HTTP, with SameSite said explicitly', () => {
    expect(hostCookie()).toEqual({
      name: '__Host-session',
      cookie: { path: '/', secure: true, httpOnly: true, sameSite: 'lax' },
    });
  });

  it('S32: is written with every attribute that its prefix demands', () => {
    const cookie = hostCookie({ name: 'shop', sameSite: 'strict', maxAgeSeconds: 60 });

    expect(setCookieHeader(cookie, 'value')).toBe(
      '__Host-shop=value; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=60',
    );
  });

  it('is taken back by an empty value that ends at once', () => {
    expect(setCookieHeader(hostCookie(), '')).toBe(
      '__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0',
    );
  });

  it('is read from a header by its exact name', () => {
    expect(readCookie('a=1; __Host-session=x=y; __Host-session2=z', '__Host-session')).toBe('x=y');
    expect(readCookie('a=1', '__Host-session')).toBeUndefined();
    expect(readCookie(undefined, '__Host-session')).toBeUndefined();
  });

  it('S32: has no value where it is there twice, as one that was planted would be', () => {
    expect(readCookie('session=mine; session=planted', 'session')).toBeUndefined();
  });
});

describe('SigningKeys', () => {
  it('S36: sign with the newest key and open what any of them signed', () => {
    const before = new SigningKeys(OLD);
    const during = new SigningKeys([NEW, OLD]);
    const after = new SigningKeys([NEW]);

    expect(during.open('cookie', before.sign('cookie', 'id'))).toEqual({ value: 'id', stale: true });
    expect(during.open('cookie', during.sign('cookie', 'id'))).toEqual({ value: 'id', stale: false });
    expect(after.open('cookie', during.sign('cookie', 'id'))).toEqual({ value: 'id', stale: false });
    expect(after.open('cookie', before.sign('cookie', 'id'))).toBeUndefined();
  });

  it('S36: replicas that get the new key second accept what the first sign, when it was added before it signs', () => {
    const signsNew = new SigningKeys([NEW, OLD]);
    const knowsNew = new SigningKeys([OLD, NEW]);

    expect(knowsNew.open('cookie', signsNew.sign('cookie', 'id'))?.value).toBe('id');
    expect(signsNew.open('cookie', knowsNew.sign('cookie', 'id'))?.value).toBe('id');
  });

  it.each([
    ['changed value', (signed: string) => `x${signed}`],
    ['changed signature', (signed: string) => `${signed.slice(0, -2)}AA`],
    ['longer signature', (signed: string) => `${signed}A`],
    ['no signature', (signed: string) => signed.split('.')[0] ?? ''],
    ['empty signature', (signed: string) => `${signed.split('.')[0]}.`],
  ])('refuse a %s', (_, forge) => {
    const keys = new SigningKeys(NEW);

    expect(keys.open('cookie', forge(keys.sign('cookie', 'id')))).toBeUndefined();
  });

  it('refuse what was signed for another purpose', () => {
    const keys = new SigningKeys(NEW);

    expect(keys.open('csrf', keys.sign('cookie', 'id'))).toBeUndefined();
  });

  it('are refused where there is none, or one too short', () => {
    expect(() => new SigningKeys([])).toThrow(SigningKeyError);
    expect(() => new SigningKeys([NEW, 'short'])).toThrow(SigningKeyError);
  });
});
