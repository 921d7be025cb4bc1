import { InvalidCodeError } from '../auth.errors.js';

const refused = (): InvalidCodeError => new InvalidCodeError();

/** One answer for a wrong code, an old one, one that was used, and a user who is not there (S26, S28). */
export const CODE_REFUSALS = {
  CodeMismatchException: refused,
  ExpiredCodeException: refused,
  UserNotFoundException: refused,
  NotAuthorizedException: refused,
  InvalidParameterException: refused,
};
