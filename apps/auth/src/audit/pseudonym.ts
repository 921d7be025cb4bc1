import { createHash } from 'node:crypto';

/** Lets lines about one unknown account be found together without naming its owner (S54). */
export function pseudonym(emailKey: string): string {
  return createHash('sha256').update(emailKey).digest('hex').slice(0, 16);
}
