/** The environment does not hold what the functions need. */
export class FunctionsConfigError extends Error {
  override readonly name = 'FunctionsConfigError';
  constructor(faults: readonly string[]) {
    super(`the configuration has ${faults.length} faults: ${faults.join('; ')}`);
  }
}

/** The account does not move: it is not known, the password is wrong, or it may not. Cognito tells the user no more. */
export class NotMovedError extends Error {
  override readonly name = 'NotMovedError';
  constructor() {
    super('Incorrect username or password.');
  }
}

/** Auth could not be asked; the user may try again. */
export class AuthUnavailableError extends Error {
  override readonly name = 'AuthUnavailableError';
  constructor(reason: string, cause?: unknown) {
    super(`auth could not be asked: ${reason}`, { cause });
  }
}
