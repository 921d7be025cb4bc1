import { getDiffieHellman } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SrpClient, srpTimestamp } from './srp.js';

const challenge = { userId: 'a-user', serverKey: 'abcdef', salt: '0123', secretBlock: 'c2VjcmV0' };
const TIME = 'Thu Jan 1 00:00:00 UTC 2026';

describe('Secure Remote Password', () => {
  it('writes times in the one form that Cognito takes', () => {
    expect(srpTimestamp(new Date('2000-02-01T03:04:05Z'))).toBe('Tue Feb 1 03:04:05 UTC 2000');
    expect(srpTimestamp(new Date('2026-12-31T23:59:59Z'))).toBe('Thu Dec 31 23:59:59 UTC 2026');
  });

  it('makes another key for each sign-in', () => {
    expect(new SrpClient().publicKey).not.toBe(new SrpClient().publicKey);
  });

  it('gives nothing to a server whose key would give the password away (RFC 5054 2.5.4)', () => {
    const group = getDiffieHellman('modp15').getPrime('hex');
    const client = new SrpClient();

    for (const serverKey of ['00', group]) {
      expect(() => client.sign('pool_1', 'a password', { ...challenge, serverKey }, TIME)).toThrow(
        'multiple of the group',
      );
    }
  });

  it('signs for one password, one user, one pool and one time', () => {
    const client = new SrpClient();
    const signatures = [
      client.sign('eu_pool1', 'a password', challenge, TIME),
      client.sign('eu_pool1', 'A password', challenge, TIME),
      client.sign('eu_pool1', 'a password', { ...challenge, userId: 'another' }, TIME),
      client.sign('eu_pool2', 'a password', challenge, TIME),
      client.sign('eu_pool1', 'a password', challenge, 'Thu Jan 1 00:00:01 UTC 2026'),
    ];

    expect(new Set(signatures).size).toBe(signatures.length);
    expect(client.sign('eu_pool1', 'a password', challenge, TIME)).toBe(signatures[0]);
  });
});
