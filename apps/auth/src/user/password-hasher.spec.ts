import { describe, expect, it } from '@jest/globals';
import { HashingOverloadedError } from '../auth.errors.js';
import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  it('R11: refuses when more than 100 wait, and serves those in turn', async () => {
    const hasher = new PasswordHasher(1);

    const outcomes = await Promise.allSettled(Array.from({ length: 105 }, () => hasher.check('x', 'not a hash')));

    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined) as unknown);
    expect(reasons.filter((reason) => reason instanceof HashingOverloadedError)).toHaveLength(4);
  });

  it('S26: does the work of a check for an account that is not there', async () => {
    const hasher = new PasswordHasher(1);

    expect(await hasher.check('a password', undefined)).toEqual({ matches: false });
    expect(await hasher.check('an account that is not there', undefined)).toEqual({ matches: false });
  });
});
