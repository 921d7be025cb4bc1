/** A search text, split for Postgres: `web` goes to `websearch_to_tsquery`, `prefix` to `to_tsquery` as `<prefix>:*`. */
export interface SearchTerms {
  readonly web: string;
  /** Letters and digits only, so that it needs no quoting in the tsquery language; null where there is none. */
  readonly prefix: string | null;
}

const OPERATOR = /["-]|\bor\b/i;
const LAST_WORD = /(?:^|\s)([\p{L}\p{N}]+)$/u;

/**
 * Takes the last word as the beginning of one, as people search while they type. A text that uses the operators of
 * `websearch_to_tsquery` (quotes, minus, or) is left to it whole.
 */
export function searchTermsOf(q: string): SearchTerms {
  const prefix = OPERATOR.test(q) ? undefined : LAST_WORD.exec(q)?.[1];
  if (prefix === undefined) return { web: q, prefix: null };
  return { web: q.slice(0, q.length - prefix.length).trimEnd(), prefix };
}
