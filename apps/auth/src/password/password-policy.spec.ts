import { describe, expect, it } from '@jest/globals';
import { PredictablePasswordError } from '../auth.errors.js';
import { requireUnpredictable } from './password-policy.js';

const owner = { email: 'grace.hopper@navy.example', name: 'Grace Hopper' };
const check = (password: string) => () => requireUnpredictable(password, owner, '/password');

describe('the block-list of passwords', () => {
  it.each([
    ['a common password of 15 characters', 'q1w2e3r4t5y6u7i8'],
    ['one common word after another', 'passwordpassword'],
    ['a word and a run', 'Password1234567890'],
    ['a word and lookalikes', 'P4$$w0rd-P4$$w0rd'],
    ['a word, a year and a sign', 'sunshine-2025-2026!'],
    ['a word with signs behind', 'superman!!!!!!!!!!'],
    ['one letter', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a short text again and again', 'xk9xk9xk9xk9xk9xk9'],
    ['rows of keys', 'qwertyuiopasdfghjkl'],
    ['letters in order, and back', 'abcdefghijkjihgfedcba'],
    ['the name of the owner', 'GraceHopperGraceHopper1'],
    ['the address of the owner', 'grace.hopper@navy.example'],
    ['the name of the store', 'Lethe Store Lethe 2026'],
    ['sign and letter that look alike in Unicode', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ'],
  ])('S24: has %s', (_what, password) => {
    expect(check(password)).toThrow(PredictablePasswordError);
  });

  it.each([
    'correct horse battery staple',
    'a long enough passphrase',
    'v7#kQ2!mZp9$xR4',
    'на дворе трава на траве дрова',
    '静かな古池に蛙飛び込む水の音がする',
    'zebra velvet onion trumpet',
    'correct horse battery',
    'integration-password',
  ])('S23: leaves any other alone, without rules of composition: %s', (password) => {
    expect(check(password)).not.toThrow();
  });

  it('S24: is gone through fast, whatever the password', () => {
    const before = performance.now();

    expect(check('qz7'.repeat(40) + 'x'.repeat(136))).not.toThrow(RangeError);

    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
