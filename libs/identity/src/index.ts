export {
  type Access,
  Authenticated,
  CurrentUser,
  LiveSession,
  Public,
  Roles,
  Services,
  accessOf,
  asksLiveSession,
} from './access.js';
export { AccessGuard } from './access.guard.js';
export {
  IdentityConfigError,
  InvalidTokenError,
  KeysUnavailableError,
  MissingRoleError,
  MissingTokenError,
  RevocationsUnavailableError,
} from './identity.errors.js';
export { IdentityModule, type IdentityKeysOptions, type IdentityOptions } from './identity.module.js';
export { type Algorithm, type Issuer, cognitoIssuer, ownIssuer } from './issuers.js';
export { type KeySource, importKeys } from './key-source.js';
export { type Principal, principalOf, setPrincipal } from './principal.js';
export { RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';
export { Revocations, type RevocationsOptions } from './revocations.js';
export { TokenVerifier, type TokenVerifierOptions } from './token-verifier.js';
