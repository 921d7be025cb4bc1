import { isUtf8 } from 'node:buffer';

/** Objects in objects or lists, at most: a token of the store has two levels. */
const MAX_DEPTH = 8;
/** In valid JSON every quote outside of a text begins one, and a colon after a text makes it a key. */
const TEXTS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * An object of JSON that can be read in one way only: valid UTF-8, no key twice at any depth (RFC 8725 2.4 is about
 * parsers that differ; RFC 7519 4 lets a parser refuse), no `__proto__`, not deep. Undefined for anything else.
 */
export function parseStrictObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // A key that comes twice is once in what was read: then fewer were read than are written.
  return countKeys(value, 1) === writtenKeys(text) ? (value as Record<string, unknown>) : undefined;
}

function writtenKeys(text: string): number {
  let keys = 0;
  for (const [, colon] of text.matchAll(TEXTS)) if (colon !== undefined) keys += 1;
  return keys;
}

/** NaN, which equals nothing, where the value is too deep or has a key that could reach a prototype. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH || Object.hasOwn(value, '__proto__')) return Number.NaN;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const member of Object.values(value)) keys += countKeys(member, depth + 1);
  return keys;
}
