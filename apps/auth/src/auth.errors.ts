import { ProblemError } from '@lethe/kernel';

/** The address has an account already; by contract registration says so. */
export class EmailTakenError extends ProblemError {
  override readonly name = 'EmailTakenError';
  constructor() {
    super(409, 'email-taken', {
      detail: 'there is an account with this address',
      errors: [{ pointer: '/email', detail: 'is taken' }],
    });
  }
}

/** Unknown account or wrong password: the caller cannot tell which (S26). */
export class WrongCredentialsError extends ProblemError {
  override readonly name = 'WrongCredentialsError';
  constructor() {
    super(401, 'wrong-credentials', {
      detail: 'the address or the password is wrong',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** The refresh token is unknown, has expired, was revoked, or was used before: sign in again. */
export class InvalidRefreshTokenError extends ProblemError {
  override readonly name = 'InvalidRefreshTokenError';
  constructor() {
    super(401, 'invalid-refresh-token', {
      detail: 'the refresh token is not accepted: sign in again',
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
  }
}

/** The sign-ins of the account were ended while this one began. */
export class SessionsEndedError extends ProblemError {
  override readonly name = 'SessionsEndedError';
  constructor() {
    super(401, 'sessions-ended', {
      detail: 'the account has changed: sign in again',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** The bearer of a good token has no account any more. */
export class AccountGoneError extends ProblemError {
  override readonly name = 'AccountGoneError';
  constructor() {
    super(401, 'account-gone', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  }
}

/** More passwords wait to be hashed than will be soon (R11). */
export class HashingOverloadedError extends ProblemError {
  override readonly name = 'HashingOverloadedError';
  constructor() {
    super(503, 'overloaded', { detail: 'too many sign-ins at once', headers: { 'retry-after': '1' } });
  }
}

/** A stored hash is in no format that this code made. */
export class PasswordHashFormatError extends Error {
  override readonly name = 'PasswordHashFormatError';
}

/** The migration step has made no signing key. */
export class SigningKeyMissingError extends Error {
  override readonly name = 'SigningKeyMissingError';
  constructor() {
    super('there is no signing key: run the migration step first');
  }
}

/** A signing key was encrypted with another AUTH_KEY_SECRET, or its row was altered. */
export class SigningKeySealError extends Error {
  override readonly name = 'SigningKeySealError';
  constructor(kid: string, cause: unknown) {
    super(`the signing key ${kid} cannot be opened with this AUTH_KEY_SECRET`, { cause });
  }
}
