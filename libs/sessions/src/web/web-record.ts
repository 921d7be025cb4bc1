import { type SessionRecord } from '../session-store.js';
import { isRecord } from './is-record.js';
import { type WebCookie } from './web-cookie.js';
import { type WebSession } from './web-session.js';

/** How a web session lies in a record's data: the application's values apart from the cookie and from our own marks. */
interface WebData {
  readonly cookie: WebCookie;
  readonly values: Values;
}

type Values = Readonly<Record<string, unknown>>;
const OWN = { configurable: true, enumerable: true, writable: true } as const;

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
  const { cookie, values } = webDataOf(record);
  const copy = copyOfRecord(cookie);
  if (typeof cookie.expires === 'string') copy['expires'] = new Date(record.expiresAt).toISOString();
  return Object.assign(copyOfRecord(values), { cookie: copy });
}

/** A copy of JSON, at a small part of the cost of `structuredClone`, which every request would pay. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(copyOf) : copyOfRecord(value as Values);
}

function copyOfRecord(values: Values): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(values)) {
    const value = copyOf(values[key]);
    // JSON may hold this key; to assign it would change what the copy is.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...OWN, value });
    else copy[key] = value;
  }
  return copy;
}
