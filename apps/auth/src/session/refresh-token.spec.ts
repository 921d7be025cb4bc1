import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newRefreshToken, refreshTokenHash, successorKey, successorOf } from './refresh-token.js';

const key = successorKey(randomBytes(32).toString('base64'));

describe('refresh tokens', () => {
  it('S18: have 256 random bits and are hashed', () => {
    const token = newRefreshToken();

    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(newRefreshToken()).not.toBe(token);
    expect(refreshTokenHash(token)).toHaveLength(32);
  });

  it('S17: have one successor, which needs the secret to be told', () => {
    const token = newRefreshToken();
    const successor = successorOf(token, key);

    expect(successorOf(token, key)).toBe(successor);
    expect(successorOf(token, successorKey(randomBytes(32).toString('base64')))).not.toBe(successor);
    expect(refreshTokenHash(successor)).toBeDefined();
    expect(successorOf(successor, key)).not.toBe(token);
  });

  it('are nothing else', () => {
    for (const text of ['', 'x', `${newRefreshToken()}=`, ` ${newRefreshToken()}`]) {
      expect(refreshTokenHash(text)).toBeUndefined();
    }
  });
});
