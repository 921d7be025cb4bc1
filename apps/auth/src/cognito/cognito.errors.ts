import { ProblemError } from '@lethe/kernel';

/** The user pool has no counterpart of what was asked for. */
export class NotOfferedError extends ProblemError {
  override readonly name = 'NotOfferedError';
  constructor(command: string) {
    super(501, 'not-offered', { detail: `Amazon Cognito does not offer this: ${command}` });
  }
}

/** Cognito cannot be reached, or fails: 503, and tokens given before go on being accepted. */
export class CognitoUnavailableError extends ProblemError {
  override readonly name = 'CognitoUnavailableError';
  constructor(cause: unknown) {
    super(503, 'identity-provider-unavailable', { headers: { 'retry-after': '1' }, cause });
  }
}

/** Cognito's own limits are used up: too many wrong codes or passwords, or requests. */
export class CognitoLimitError extends ProblemError {
  override readonly name = 'CognitoLimitError';
  constructor(cause: unknown) {
    super(429, 'too-many-requests', { headers: { 'retry-after': '60' }, cause });
  }
}

/** The user has to choose a password first: an admin asked for it, or the user came without one. */
export class PasswordResetRequiredError extends ProblemError {
  override readonly name = 'PasswordResetRequiredError';
  constructor() {
    super(403, 'password-reset-required', { detail: 'choose a new password with a code that is mailed to you' });
  }
}

/** The password breaks a rule of the user pool, which knows more rules than the store's own. */
export class PoolPasswordPolicyError extends ProblemError {
  override readonly name = 'PoolPasswordPolicyError';
  constructor(pointer: string) {
    super(400, 'password-policy', { errors: [{ pointer, detail: 'does not fit the rules of the user pool' }] });
  }
}
