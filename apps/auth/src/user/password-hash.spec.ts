import { describe, expect, it } from '@jest/globals';
import { PasswordHashFormatError } from '../auth.errors.js';
import { hashPassword, isOutdated, verifyPassword } from './password-hash.js';

const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

describe('password hashes', () => {
  it('S25: are PHC strings of argon2id with a salt of their own', async () => {
    const [first, second] = [await hashPassword('a password', CHEAP), await hashPassword('a password', CHEAP)];

    expect(first).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword('a password', first)).toBe(true);
    expect(await verifyPassword('a passworD', first)).toBe(false);
  });

  it('S25: verify a hash of the reference implementation', async () => {
    // argon2 1.3 test vector: "password", "somesalt", m=65536 KiB, t=2, p=1.
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

    expect(await verifyPassword('password', hash)).toBe(true);
  });

  it('S23: are of the whole password, whatever its normal form', async () => {
    const long = 'x'.repeat(200);

    expect(await verifyPassword('e\u0301te\u0301', await hashPassword('\u00e9t\u00e9', CHEAP))).toBe(true);
    expect(await verifyPassword(`${long}b`, await hashPassword(`${long}a`, CHEAP))).toBe(false);
  });

  it('S25: are outdated when the cost has risen', async () => {
    const hash = await hashPassword('a password', CHEAP);

    expect(isOutdated(hash, CHEAP)).toBe(false);
    expect(isOutdated(hash, { ...CHEAP, passes: 2 })).toBe(true);
    expect(isOutdated(hash)).toBe(true);
  });

  it('refuse what is no hash of theirs', async () => {
    for (const hash of ['', '$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA', '$2b$10$abcdefghijklmnopqrstuv']) {
      await expect(verifyPassword('x', hash)).rejects.toBeInstanceOf(PasswordHashFormatError);
    }
  });
});
