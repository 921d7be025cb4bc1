import { ProblemError } from '@lethe/kernel';

/** No token came with a request that needs one. RFC 6750 3.1: the challenge then carries no error code. */
export class MissingTokenError extends ProblemError {
  override readonly name = 'MissingTokenError';

  constructor() {
    super(401, 'not-signed-in', { headers: { 'www-authenticate': 'Bearer' } });
  }
}

/** The token is malformed, of the wrong kind, expired, for someone else, or not signed by a known key. */
export class InvalidTokenError extends ProblemError {
  override readonly name = 'InvalidTokenError';

  /** `reason` is safe to show: it never repeats a part of the token. */
  constructor(
    readonly reason: string,
    cause?: unknown,
  ) {
    super(401, 'invalid-token', {
      detail: reason,
      headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
      cause,
    });
  }
}

/** The token is good, its bearer may not do this. */
export class MissingRoleError extends ProblemError {
  override readonly name = 'MissingRoleError';

  constructor(roles: readonly string[]) {
    super(403, 'missing-role', {
      detail: `needs one of the roles: ${roles.join(', ')}`,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    });
  }
}

/** A service calls what is for other services. */
export class ServiceForbiddenError extends ProblemError {
  override readonly name = 'ServiceForbiddenError';

  constructor(service: string, services: readonly string[]) {
    super(403, 'service-forbidden', {
      detail: `${service} is none of the services that may call: ${services.join(', ')}`,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    });
  }
}

/** The issuer's keys could not be had, and none are cached that are young enough to trust. */
export class KeysUnavailableError extends ProblemError {
  override readonly name = 'KeysUnavailableError';

  constructor(cause: unknown) {
    super(503, 'keys-unavailable', {
      detail: 'tokens cannot be verified at the moment',
      headers: { 'retry-after': '1' },
      cause,
    });
  }
}

/** It could not be told whether a token was revoked, or the revocation could not be written: deny, and try again. */
export class RevocationsUnavailableError extends ProblemError {
  override readonly name = 'RevocationsUnavailableError';

  constructor(cause: unknown) {
    super(503, 'revocations-unavailable', {
      detail: 'it cannot be told at the moment whether the sign-in still holds',
      headers: { 'retry-after': '1' },
      cause,
    });
  }
}

/** A setting of the library is unsafe or impossible. */
export class IdentityConfigError extends Error {
  override readonly name = 'IdentityConfigError';
}
