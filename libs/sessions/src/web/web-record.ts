import { type SessionRecord } from '../session-store.js';
import { type WebCookie, type WebSession, isRecord } from './web-session.js';

/** How a web session lies in a record's data: the application's values apart from the cookie and from our own marks. */
interface WebData {
  readonly cookie: WebCookie;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The mark of a session that ended while an old place may still hold it: it keeps its id from coming back. */
const ENDED = { ended: true } as const;

/** The data of a record for a session. */
export function dataOf({ cookie, ...values }: WebSession): Record<string, unknown> {
  return { cookie, values };
}

export function endedData(): Record<string, unknown> {
  return ENDED;
}

/** Whether a record only says that its session has ended. */
export function isEnded({ data }: SessionRecord): boolean {
  return data['ended'] === true;
}

/** The cookie and the values in a record; both empty in one that a middleware did not write. */
export function webDataOf({ data }: SessionRecord): WebData {
  const { cookie, values } = data;
  return { cookie: isRecord(cookie) ? cookie : {}, values: isRecord(values) ? values : {} };
}

/** A session of its own for the caller, who may change it. The cookie's end is the record's, which touches move. */
export function sessionOf(record: SessionRecord): WebSession {
  const { cookie, values } = copyOf(webDataOf(record));
  const ends = typeof cookie.expires === 'string' ? { expires: new Date(record.expiresAt).toISOString() } : {};
  return { ...values, cookie: { ...cookie, ...ends } };
}

/** The cookie without its end: what a touch leaves alone unless the application changed it. */
export function cookieShape(cookie: WebCookie): string {
  const { expires, ...attributes } = cookie;
  const kept = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([typeof expires === 'string', kept]);
}

/** A copy of JSON, at a tenth of the cost of `structuredClone`, which every request would pay. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const copy = Array.isArray(value)
    ? value.map(copyOf)
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)]));
  return copy as T;
}
