import { describe, expect, it } from '@jest/globals';
import { codeHash, codeKey, newKeptCode, newMailedCode } from './one-time-code.js';

const key = codeKey(Buffer.alloc(32, 7).toString('base64'));
const binding = { purpose: 'verify-email', accountId: 'a', address: 'ada@example.com' } as const;
const hash = (typed: string) => codeHash(key, binding, typed).toString('hex');

describe('one-time codes', () => {
  it('S28: are random, of letters and digits that are not taken for one another', () => {
    const codes = Array.from({ length: 1_000 }, newMailedCode);

    expect(new Set(codes).size).toBe(1_000);
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  });

  it('S28: have 50 bits for ten minutes, 80 for years', () => {
    expect(newMailedCode().replaceAll('-', '')).toHaveLength(10);
    expect(newKeptCode().replaceAll('-', '')).toHaveLength(16);
  });

  it('are the same however they are typed', () => {
    expect(hash('0a1bc-def99')).toBe(hash('0A1BC-DEF99'));
    expect(hash(' OAlBC DEF99 ')).toBe(hash('0A1BC-DEF99'));
    expect(hash('0A1BC-DEF98')).not.toBe(hash('0A1BC-DEF99'));
  });

  it('S28: are bound to purpose, account and address, and to the secret', () => {
    const other = [
      codeHash(key, { ...binding, purpose: 'reset-password' }, 'X'),
      codeHash(key, { ...binding, accountId: 'b' }, 'X'),
      codeHash(key, { ...binding, address: 'b@example.com' }, 'X'),
      codeHash(codeKey(Buffer.alloc(32, 8).toString('base64')), binding, 'X'),
      codeHash(key, binding, 'X'),
    ];

    expect(new Set(other.map((bytes) => bytes.toString('hex'))).size).toBe(other.length);
  });
});
