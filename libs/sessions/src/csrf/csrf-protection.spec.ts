import { describe, expect, it } from '@jest/globals';
import { SigningKeys } from '../cookies/signing-keys.js';
import { CsrfProtection } from './csrf-protection.js';

const NEW = 'the new secret, of 32 characters!';
const OLD = 'the old secret, of 32 characters!';
const keys = new SigningKeys([NEW, OLD]);
const csrf = new CsrfProtection({ keys, trustedOrigins: ['https://admin.example.com'] });

const FORM = 'application/x-www-form-urlencoded';

function request(headers: Record<string, string>, method = 'POST') {
  return { method, headers: { host: 'shop.example.com', ...headers } };
}

describe('CsrfProtection', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass, which changes nothing', (method) => {
    expect(csrf.fault(request({ 'sec-fetch-site': 'cross-site' }, method), 'session')).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    ['another site, by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }],
    ['another origin, where there is no Sec-Fetch-Site', { origin: 'https://evil.example' }],
    ['another port of this host', { origin: 'https://shop.example.com:8443' }],
    ['an opaque origin', { origin: 'null' }],
    ['what is no origin', { origin: 'shop.example.com' }],
  ])('S35: refuses a request from %s, even with a good token', (_, headers) => {
    const token = csrf.token('session');

    expect(csrf.fault(request({ ...headers, 'x-csrf-token': token }), 'session')).toBe('foreign-origin');
  });

  it('S35: takes a form with the token, in its field or in the header', () => {
    const token = csrf.token('session');

    expect(csrf.fault(request({ 'content-type': FORM }), 'session', token)).toBeUndefined();
    expect(csrf.fault(request({ 'content-type': FORM, 'x-csrf-token': token }), 'session')).toBeUndefined();
  });

  it.each([FORM, `${FORM}; charset=utf-8`, 'multipart/form-data; boundary=x', 'Text/Plain', undefined])(
    'S35: refuses a form of type %s without a token, even from here',
    (type) => {
      const headers = { 'sec-fetch-site': 'same-origin', ...(type === undefined ? {} : { 'content-type': type }) };

      expect(csrf.fault(request(headers), 'session')).toBe('token-required');
    },
  );

  it('S35: refuses the token of another session, and a forged one', () => {
    const other = csrf.token('another session');

    expect(csrf.fault(request({ 'content-type': FORM }), 'session', other)).toBe('wrong-token');
    expect(csrf.fault(request({ 'x-csrf-token': 'forged.token' }), 'session')).toBe('wrong-token');
  });

  it('S36: takes a token that the old key signed', () => {
    const token = new CsrfProtection({ keys: new SigningKeys(OLD) }).token('session');

    expect(csrf.fault(request({ 'content-type': FORM }), 'session', token)).toBeUndefined();
  });

  it('S35: takes what no foreign page sends without a preflight: JSON, or a method of its own', () => {
    expect(csrf.fault(request({ 'content-type': 'application/json' }), 'session')).toBeUndefined();
    expect(csrf.fault(request({ origin: 'https://shop.example.com' }, 'DELETE'), 'session')).toBeUndefined();
  });

  it('takes requests of origins that are trusted by name', () => {
    const headers = { origin: 'https://admin.example.com', 'sec-fetch-site': 'same-site' };

    expect(csrf.fault(request({ ...headers, 'content-type': 'application/json' }), 'session')).toBeUndefined();
  });

  it('takes forms without a token where the browser attests the origin, if the application asks for that', () => {
    const lenient = new CsrfProtection({ keys, forms: 'same-origin' });

    expect(lenient.fault(request({ 'sec-fetch-site': 'same-origin', 'content-type': FORM }), 's')).toBeUndefined();
    expect(lenient.fault(request({ origin: 'https://shop.example.com' }), 's')).toBeUndefined();
    expect(lenient.fault(request({ 'content-type': FORM }), 's')).toBe('token-required');
  });

  it('makes a fresh token each time', () => {
    expect(csrf.token('session')).not.toBe(csrf.token('session'));
  });
});
