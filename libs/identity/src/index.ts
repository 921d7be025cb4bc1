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
} from './access/access.js';
export { AccessGuard } from './access/access.guard.js';
export {
  IdentityConfigError,
  InvalidTokenError,
  KeysUnavailableError,
  MissingRoleError,
  MissingTokenError,
  RevocationsUnavailableError,
  ServiceForbiddenError,
} from './identity.errors.js';
export { IdentityModule, type IdentityKeysOptions, type IdentityOptions } from './identity.module.js';
export { type Algorithm, COGNITO_SUBJECT_CLAIM, type Issuer, cognitoIssuer, ownIssuer } from './issuers.js';
export { type KeySource, type VerificationKey, importKeys } from './keys/key-source.js';
export { type Principal, principalOf, setPrincipal } from './access/principal.js';
export { RemoteKeys, type RemoteKeysOptions } from './keys/remote-keys.js';
export { Revocations, type RevocationsOptions } from './access/revocations.js';
export { makeServiceKey } from './service/service-key.js';
export {
  type ServiceCaller,
  ServiceTokenVerifier,
  type ServiceTokenVerifierOptions,
} from './service/service-token-verifier.js';
export { ServiceTokens, type ServiceTokensOptions } from './service/service-tokens.js';
export { TokenVerifier, type TokenVerifierOptions } from './token/token-verifier.js';
