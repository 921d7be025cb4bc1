import { type User } from '@lethe/contracts';
import { IfMatchRequiredError, UserChangedError } from '../auth.errors.js';
import { type UserRow } from './users.sql.js';

/** An account as an admin sees it, with its version. */
export interface VersionedUser {
  readonly user: User;
  readonly version: number;
}

/** What an admin sees of an account; written out, so that no further column leaks (S39). */
export function userOf(row: UserRow): User {
  const { id, email, name, roles, disabled, email_verified: emailVerified, second_factor: secondFactor } = row;
  return { id, email, name, roles, emailVerified, disabled, secondFactor, createdAt: row.created_at.toISOString() };
}

/** The strong entity tag of a user (RFC 9110 8.8.3). */
export function userTag(version: number): string {
  return `"${version}"`;
}

/**
 * The version on which a change is based, undefined for any (`*`). Throws an IfMatchRequiredError without a header, a
 * UserChangedError for a tag that no user ever had.
 */
export function requiredVersion(ifMatch: string | undefined): number | undefined {
  const given = ifMatch?.trim() ?? '';
  if (given === '') throw new IfMatchRequiredError();
  if (given === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(given)?.[1];
  if (version === undefined) throw new UserChangedError();
  return Number(version);
}
