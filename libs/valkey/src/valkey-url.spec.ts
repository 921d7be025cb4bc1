import { describe, expect, it } from '@jest/globals';
import { parseValkeyUrl } from './valkey-url.js';
import { ValkeyUrlError } from './valkey.errors.js';

describe('parseValkeyUrl', () => {
  it('takes an address apart, with what is usual for what it leaves out', () => {
    expect(parseValkeyUrl('redis://localhost')).toEqual({
      host: 'localhost',
      port: 6379,
      tls: false,
      cluster: false,
      database: 0,
      username: undefined,
      password: undefined,
    });
  });

  it('knows TLS, a cluster, IPv6, and names and passwords of any signs', () => {
    expect(parseValkeyUrl('valkeys://al%40ice:p%3A%2Fw@[::1]:7000?cluster=true')).toMatchObject({
      host: '::1',
      port: 7000,
      tls: true,
      cluster: true,
      username: 'al@ice',
      password: 'p:/w',
    });
    expect(parseValkeyUrl('rediss://:secret@cache.example:6380/3')).toMatchObject({
      username: undefined,
      password: 'secret',
      database: 3,
    });
  });

  it.each([
    'http://localhost',
    'localhost:6379',
    'redis://',
    'redis://localhost/first',
    'redis://localhost/1?cluster=true',
    '',
  ])('refuses %j, and does not repeat it', (text) => {
    expect(() => parseValkeyUrl(text)).toThrow(ValkeyUrlError);
    expect(() => parseValkeyUrl(`${text}#hunter2`)).not.toThrow('hunter2');
  });
});
