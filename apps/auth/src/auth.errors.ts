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

/** The user has no such sign-in, or it is over. */
export class SessionNotFoundError extends ProblemError {
  override readonly name = 'SessionNotFoundError';
  constructor() {
    super(404, 'session-not-found', { detail: 'there is no such sign-in of yours' });
  }
}

/** The sign-in page cannot go on, and nobody but its reader is told. */
export class SignInRefusedError extends ProblemError {
  override readonly name = 'SignInRefusedError';
  constructor(detail: string) {
    super(400, 'sign-in-refused', { detail });
  }
}

/** The form was not sent by the sign-in page that this browser was shown (S35), or long after. */
export class ForgedFormError extends ProblemError {
  override readonly name = 'ForgedFormError';
  constructor() {
    super(403, 'forged-form', { detail: 'this page was open for too long: try again' });
  }
}

/** Error codes of the token endpoint, with their statuses (RFC 6749 5.2). */
const OAUTH_STATUS = { invalid_request: 400, invalid_client: 401, invalid_grant: 400, unsupported_grant_type: 400 };

/** The token endpoint refuses; answered as RFC 6749 5.2 has it. */
export class OAuthError extends ProblemError {
  override readonly name = 'OAuthError';
  constructor(
    readonly code: keyof typeof OAUTH_STATUS,
    detail?: string,
  ) {
    super(OAUTH_STATUS[code], code.replaceAll('_', '-'), detail === undefined ? {} : { detail });
  }
}

/** The bearer of a good token has no account any more. */
export class AccountGoneError extends ProblemError {
  override readonly name = 'AccountGoneError';
  constructor() {
    super(401, 'account-gone', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  }
}

/** The password is on the block-list (S24). */
export class PredictablePasswordError extends ProblemError {
  override readonly name = 'PredictablePasswordError';
  constructor(pointer: string) {
    super(400, 'predictable-password', {
      detail: 'the password would soon be guessed',
      errors: [{ pointer, detail: 'is a common password, or one made longer: try several unrelated words' }],
    });
  }
}

/** Whoever is signed in did not give the account's password (S29). */
export class WrongPasswordError extends ProblemError {
  override readonly name = 'WrongPasswordError';
  constructor() {
    super(403, 'wrong-password', {
      detail: 'the current password is wrong',
      errors: [{ pointer: '/currentPassword', detail: 'is wrong' }],
    });
  }
}

/** The code is wrong, was used, was tried too often, or is too old; or there is no such account (S26, S28). */
export class InvalidCodeError extends ProblemError {
  override readonly name = 'InvalidCodeError';
  constructor() {
    super(400, 'invalid-code', {
      detail: 'the code is not accepted: ask for a new one',
      errors: [{ pointer: '/code', detail: 'is not accepted' }],
    });
  }
}

/** The password was right, and the account has a second factor: sign in again with `code`. */
export class SecondFactorRequiredError extends ProblemError {
  override readonly name = 'SecondFactorRequiredError';
  constructor() {
    super(401, 'second-factor-required', {
      detail: 'the account asks for a code of the authenticator app',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** The code of the second factor is wrong, or was used before. */
export class WrongSecondFactorError extends ProblemError {
  override readonly name = 'WrongSecondFactorError';
  constructor() {
    super(401, 'wrong-code', {
      detail: 'the code is wrong or was used before',
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** The account must verify its address before it may sign in. */
export class EmailNotVerifiedError extends ProblemError {
  override readonly name = 'EmailNotVerifiedError';
  constructor() {
    super(403, 'email-not-verified', { detail: 'verify the address with the code that was mailed to it' });
  }
}

/** The account has a second factor already; to change it, disable it first. */
export class SecondFactorExistsError extends ProblemError {
  override readonly name = 'SecondFactorExistsError';
  constructor() {
    super(409, 'second-factor-exists', { detail: 'the account has a second factor already' });
  }
}

/** There is no such account, for an admin who may know. */
export class UserNotFoundError extends ProblemError {
  override readonly name = 'UserNotFoundError';
  constructor() {
    super(404, 'user-not-found');
  }
}

/** Admins do not change or delete themselves: so there is always one left. */
export class OwnAccountError extends ProblemError {
  override readonly name = 'OwnAccountError';
  constructor() {
    super(409, 'own-account', { detail: 'let another admin do this' });
  }
}

/** The account was changed since it was read (R27). */
export class UserChangedError extends ProblemError {
  override readonly name = 'UserChangedError';
  constructor() {
    super(412, 'precondition-failed', { detail: 'the user was changed meanwhile: read it again' });
  }
}

/** A change of a user must say what it was based on (RFC 6585 3). */
export class IfMatchRequiredError extends ProblemError {
  override readonly name = 'IfMatchRequiredError';
  constructor() {
    super(428, 'precondition-required', { detail: 'send If-Match with the ETag of the user' });
  }
}

/** The cursor is of no page of this list. */
export class InvalidCursorError extends ProblemError {
  override readonly name = 'InvalidCursorError';
  constructor() {
    super(400, 'invalid-cursor', { errors: [{ pointer: '#query/cursor', detail: 'is no cursor of this list' }] });
  }
}

/** The list of breached passwords cannot be asked. */
export class BreachedPasswordsError extends Error {
  override readonly name = 'BreachedPasswordsError';
  constructor(cause: unknown) {
    super('the list of breached passwords cannot be asked', { cause });
  }
}

/** SES did not take a mail; it is tried again. */
export class MailError extends Error {
  override readonly name = 'MailError';
  constructor(cause: unknown) {
    super('the mail was not accepted', { cause });
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
