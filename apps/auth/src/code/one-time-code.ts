import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type CodePurpose } from '@lethe/contracts';

/** Crockford's base32: no letter that is taken for another, or for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 5;
const KEY_BYTES = 32;
/** Fifty bits, for ten minutes and five tries (S28). */
const MAILED_LENGTH = 10;
/** Eighty bits; NIST SP 800-63B-4 4.2.1.1 asks for 64 of a code that is kept. */
const KEPT_LENGTH = 16;

/** What a code is bound to: of use for nothing and nobody else, nor after the account's address has changed. */
export interface CodeBinding {
  readonly purpose: CodePurpose | 'recover';
  readonly accountId: string;
  /** The address that it was mailed to; empty for one that was not. */
  readonly address: string;
}

/** A new code for a mail, as people read it: `7KQ2M-X9F4D`. */
export const newMailedCode = (): string => newCode(MAILED_LENGTH);

/** A new code to be kept for years. */
export const newKeptCode = (): string => newCode(KEPT_LENGTH);

function newCode(length: number): string {
  const signs = Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  const groups = Array.from({ length: Math.ceil(length / GROUP) }, (_, index) =>
    signs.slice(index * GROUP, (index + 1) * GROUP).join(''),
  );
  return groups.join('-');
}

/** The key of {@link codeHash}, from AUTH_KEY_SECRET (base64): without it a stolen table cannot be searched. */
export function codeKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64'), '', 'lethe.auth.code', KEY_BYTES));
}

/** What is stored of a code, however it was typed: capitals, spaces and hyphens do not matter, nor O for 0, I or L for 1. */
export function codeHash(key: Buffer, { purpose, accountId, address }: CodeBinding, typed: string): Buffer {
  const code = typed.toUpperCase().replace(/[\s-]/gu, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, accountId, address, code]))
    .digest();
}
