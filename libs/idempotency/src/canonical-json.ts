import { hash } from 'node:crypto';
import { NestingError } from './idempotency.errors.js';

const MAX_DEPTH = 100;

/**
 * JSON in which equal values have equal text (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript writes them. Members that are undefined are left out, as in `JSON.stringify`.
 * Throws a {@link NestingError} beyond 100 levels.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new NestingError(MAX_DEPTH);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** What makes two requests the same: SHA-256, in hex, of the canonical JSON of the body and, if given, the query. */
export function fingerprintOf(body: unknown, query?: unknown): string {
  return hash('sha256', canonicalJson(query === undefined ? [body] : [body, query]));
}
