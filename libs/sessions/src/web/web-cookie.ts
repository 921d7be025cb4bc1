import { isRecord } from './is-record.js';

/** The cookie inside a session as the middlewares keep it there: attributes, and when it ends. */
export interface WebCookie {
  /** Instant (ISO 8601) at which the session ends; null, false or nothing where the browser decides. */
  readonly expires?: string | null | false;
  readonly [attribute: string]: unknown;
}

/** What JSON would keep of a cookie, before it is text: its end may be a Date yet. */
type CookieFacts = Readonly<Record<string, unknown>>;

/** A cookie, from JSON. */
export function toWebCookie(cookie: unknown): WebCookie {
  if (!isRecord(cookie)) return {};
  const { expires, ...attributes } = cookie;
  return typeof expires === 'string' || expires === null || expires === false ? { ...attributes, expires } : attributes;
}

/**
 * The facts of a middleware's cookie. Every request touches with one, which is hardly ever kept: the way through text
 * would cost it more than all else.
 */
export function factsOf(cookie: unknown): CookieFacts {
  if (!isRecord(cookie)) return {};
  const toJSON = cookie['toJSON'];
  const facts: unknown = typeof toJSON === 'function' ? Reflect.apply(toJSON, cookie, ['cookie']) : cookie;
  return isRecord(facts) ? facts : {};
}

/** When the cookie ends, in epoch milliseconds; undefined where it says nothing of it. */
export function cookieEnd({ expires }: CookieFacts): number | undefined {
  if (typeof expires !== 'string' && !(expires instanceof Date)) return undefined;
  const end = typeof expires === 'string' ? Date.parse(expires) : expires.getTime();
  return Number.isNaN(end) ? undefined : end;
}

/** Whether a cookie, kept, would differ from another in nothing but the instant at which it ends. */
export function isSameButForEnd(facts: CookieFacts, kept: WebCookie): boolean {
  if ((cookieEnd(facts) === undefined) !== (typeof kept.expires !== 'string')) return false;
  let same = 0;
  for (const name of Object.keys(facts)) {
    const value = facts[name];
    if (name === 'expires' || value === undefined) continue;
    if (!isSame(value, kept[name])) return false;
    same += 1;
  }
  return same === Object.keys(kept).length - ('expires' in kept ? 1 : 0);
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
}
