import { describe, expect, it } from '@jest/globals';
import { newTotpSecret, stepOf, totpUri } from './totp.js';

/** "12345678901234567890" in base32: the secret of the test vectors in RFC 6238, appendix B. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('codes of an authenticator app', () => {
  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_111_111_111, '050471', 37_037_037],
    [1_234_567_890, '005924', 41_152_263],
    [2_000_000_000, '279037', 66_666_666],
    [20_000_000_000, '353130', 666_666_666],
  ])('are those of RFC 6238 at second %d', (second, code, step) => {
    expect(stepOf(SECRET, code, second * 1000)).toBe(step);
  });

  it('R36: are taken a step early or late, and no more', () => {
    const at = 1_111_111_111_000;
    const code = '050471';

    expect(stepOf(SECRET, code, at + 30_000)).toBe(37_037_037);
    expect(stepOf(SECRET, code, at - 30_000)).toBe(37_037_037);
    expect(stepOf(SECRET, code, at + 60_000)).toBeUndefined();
    expect(stepOf(SECRET, code, at - 60_000)).toBeUndefined();
  });

  it.each(['', '28708', '2870822', 'abcdef', '２８７０８２'])('are six digits and nothing else: "%s"', (typed) => {
    expect(stepOf(SECRET, typed, 59_000)).toBeUndefined();
  });

  it('come of 160 random bits, which an app reads from a URI', () => {
    const secret = newTotpSecret();

    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(secret);
    expect(totpUri(secret, 'ada@example.com')).toBe(
      `otpauth://totp/Lethe:ada%40example.com?issuer=Lethe&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    );
  });
});
