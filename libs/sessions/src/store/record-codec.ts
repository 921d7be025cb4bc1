import { type SessionRecord } from '../session-store.js';
import { SessionError, SessionTooLargeError } from '../sessions.errors.js';
import { type NewSession, type SessionItem } from './session-items.js';

/** Whether the session lives at that time. */
export function isLiving(item: Pick<SessionRecord, 'expiresAt' | 'endsAt'>, now: number): boolean {
  return now < item.expiresAt && now < item.endsAt;
}

/** The item of a record. @throws SessionTooLargeError where its data take more than `maxBytes`. */
export function toItem({ data, ...rest }: NewSession, maxBytes: number): Omit<SessionItem, 'version'> {
  // The empty text means "no owner" on the wire of a store.
  if (rest.owner === '') throw new SessionError('the owner of a session must not be empty');
  const json = JSON.stringify(data);
  const bytes = Buffer.byteLength(json);
  if (bytes > maxBytes) throw new SessionTooLargeError(bytes, maxBytes);
  return { ...rest, json };
}

/** The record of an item. @throws SessionError where its data are not what {@link toItem} writes. */
export function toRecord(item: SessionItem): SessionRecord {
  const data: unknown = JSON.parse(item.json);
  if (!isObject(data)) throw new SessionError('the data of a session are not an object');
  // Named one by one: every request pays for this, and to copy the rest of an object costs as much as to parse it.
  const { id, owner, version, createdAt, touchedAt, endsAt } = item;
  const expiresAt = Math.min(item.expiresAt, endsAt);
  const record = { id, data, version, createdAt, touchedAt, expiresAt, endsAt };
  return owner === undefined ? record : { ...record, owner };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
