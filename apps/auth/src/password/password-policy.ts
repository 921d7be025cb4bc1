import { PredictablePasswordError } from '../auth.errors.js';
import { bare, weightOf } from './predictability.js';

/** Words that everyone knows to belong here. */
const STORE_WORDS = ['lethe', 'store', 'shop', 'commerce'];
/**
 * Two common passwords that are not the same. NIST has the whole password compared, not words in it: what is refused
 * is one common password, however it is dressed up, repeated, or lengthened by runs, years and the owner's name.
 */
const LEAST_WEIGHT = 4;

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * Refuses what is on the block-list: common passwords, one of them with runs and repetitions, and the owner's own name
 * and address (NIST SP 800-63B-4 3.1.1.2, S24). Length is checked by the contract; there
 * are no rules of composition (S23). Throws a PredictablePasswordError.
 */
export function requireUnpredictable(password: string, owner: PasswordOwner, pointer: string): void {
  const own = `${owner.email} ${owner.name}`
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const context = new Set([...STORE_WORDS, ...own, bare(owner.email)].filter((word) => word.length >= 3));
  if (weightOf(password, context) < LEAST_WEIGHT) throw new PredictablePasswordError(pointer);
}
