import { ProblemError } from '@lethe/kernel';
import { type FastifyInstance } from 'fastify';
import { rawBytesOf } from './raw-body.js';

/** The deepest nesting of a JSON body (S43). */
const MAX_DEPTH = 32;

/**
 * Replaces Fastify's body parsers by one for JSON: prototype keys are refused, as are a member named twice and deep
 * nesting (S43). An empty body counts as none, for clients that send the content type with every request. A route that has
 * a `RawBody` gets the bytes.
 */
export function parseJsonBodies(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    const most = rawBytesOf(request.routeOptions.config);
    if (most !== undefined) {
      const raw = Buffer.from(text);
      return raw.length > most ? done(new ProblemError(413, 'content-too-large')) : done(null, raw);
    }
    if (text === '') return done(null, undefined);
    // Fastify types its own parser as possibly async; it calls back at once.
    void parse(request, text, (error, value) => {
      const fault = error ? undefined : faultOfJson(text);
      if (fault !== undefined) done(new ProblemError(400, 'invalid-json', { detail: fault }));
      else done(error, value);
    });
  });
}

/** What is wrong with a valid JSON text: a member named twice, or nested too deep; undefined if nothing. */
export function faultOfJson(text: string): string | undefined {
  /** The member names met in each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH}`;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && isName(text, end + 1)) {
        const name: unknown = JSON.parse(text.slice(at, end + 1));
        if (names.has(String(name))) return `the member ${JSON.stringify(name)} is there twice`;
        names.add(String(name));
      }
      at = end;
    }
  }
  return undefined;
}

/** Index of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether a colon follows, so that the string before it is a name and not a value. */
function isName(text: string, after: number): boolean {
  let at = after;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}
