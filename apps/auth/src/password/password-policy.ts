import { PredictablePasswordError } from '../auth.errors.js';
import { bare, partsOf } from './predictability.js';

/** Words that everyone knows to belong here: the store, what it sells, what this is. */
const STORE_WORDS = ['lethe', 'store', 'shop', 'commerce', 'password', 'passwort', 'login', 'admin'];
/** Four words make a passphrase; three are soon tried. */
const LEAST_PARTS = 4;

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * Refuses what is on the block-list: common passwords, what is put together of fewer than four of them, of runs and
 * repetitions, and the owner's own name and address (NIST SP 800-63B-4 3.1.1.2, S24). Length is checked by the contract; there
 * are no rules of composition (S23). Throws a PredictablePasswordError.
 */
export function requireUnpredictable(password: string, owner: PasswordOwner, pointer: string): void {
  const own = `${owner.email} ${owner.name}`
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const context = new Set([...STORE_WORDS, ...own, bare(owner.email)].filter((word) => word.length >= 3));
  if (partsOf(password, context) < LEAST_PARTS) throw new PredictablePasswordError(pointer);
}
