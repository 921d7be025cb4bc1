import { StrangeEntryError } from './cache.errors.js';

/** What an entry says: a value, that there is none, or that the value is too large to be kept. */
export type Content<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unkept' };

const [VALUE, MISSING, UNKEPT] = ['=', '0', '!'];

/**
 * An entry as text: first its whole name, as the owner stands in a session, so that a reader who was given another's
 * entry, by whatever fault, can tell (R31). `json` is undefined where there is no value.
 */
export function writePayload(name: string, json: string | undefined): string {
  return json === undefined ? `${name}\n${MISSING}` : `${name}\n${VALUE}${json}`;
}

/** The entry of a value that is too large: whoever wants it loads it, and waits for nobody. */
export function writeUnkept(name: string): string {
  return `${name}\n${UNKEPT}`;
}

/** Reads an entry. Throws a {@link StrangeEntryError} where it is of another name or `parse` throws. */
export function readPayload<T>(payload: string, name: string, parse: (json: unknown) => T): Content<T> {
  if (!payload.startsWith(name) || payload[name.length] !== '\n') throw new StrangeEntryError(name, 'of another key');
  switch (payload.charAt(name.length + 1)) {
    case VALUE:
      return { kind: 'value', value: parsed(payload.slice(name.length + 2), name, parse) };
    case MISSING:
      return { kind: 'missing' };
    case UNKEPT:
      return { kind: 'unkept' };
    default:
      throw new StrangeEntryError(name, 'unreadable');
  }
}

function parsed<T>(json: string, name: string, parse: (json: unknown) => T): T {
  try {
    return parse(JSON.parse(json));
  } catch (cause) {
    throw new StrangeEntryError(name, 'unreadable', { cause });
  }
}
